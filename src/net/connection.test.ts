import assert from 'node:assert/strict'
import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { ByteBudget } from '#base/byte-budget.ts'
import { FakeClock } from '#base/clock.ts'
import { deferred, type Deferred } from '#base/deferred.ts'
import type { LogFields } from '#base/logger.ts'
import type { LazyBytes } from '#protocol/lazy-bytes.ts'
import { ProtocolError } from '#protocol/protocol-error.ts'
import { ChunkPool } from './chunk-pool.ts'
import { Connection, type WireReply } from './connection.ts'

interface Bench {
  readonly client: Duplex
  readonly connection: Connection
  /** Frames whose request runs, with what answers them. */
  readonly running: Map<string, Deferred<WireReply | undefined>>
  readonly started: string[]
  readonly budget: ByteBudget
  readonly pool: ChunkPool
  readonly logged: string[]
  readonly received: () => string
  readonly closed: Promise<void>
}

/** A frame's text begins with `p` where its request is pipelined; `bad` is no request. */
function open({ budgetBytes = 1 << 20, maxRequestBytes = 1 << 20 } = {}): Bench {
  const [client, server] = duplexPair()
  const running = new Map<string, Deferred<WireReply | undefined>>()
  const started: string[] = []
  const logged: string[] = []
  const closed = deferred<void>()
  const budget = new ByteBudget(budgetBytes)
  const pool = new ChunkPool(1 << 20)
  const log = (message: string, fields?: LogFields) =>
    logged.push(`${message} ${fields?.['error'] instanceof Error ? fields['error'].message : ''}`)
  let received = ''
  client.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  client.on('error', () => {})
  const connection = new Connection({
    socket: server,
    facts: { id: 1, clientHost: 'client', principal: 'User:ANONYMOUS', advertised: { host: 'h', port: 1 } },
    accept: frame => {
      const text = frame.toString('latin1', 0, 20)
      if (text === 'bad') throw new ProtocolError('no request')
      return {
        pipelined: text.startsWith('p'),
        run: () => {
          started.push(text)
          const answer = deferred<WireReply | undefined>()
          running.set(text, answer)
          return answer.promise
        },
      }
    },
    maxRequestBytes,
    requestBudget: budget,
    chunkPool: pool,
    clock: new FakeClock(),
    logger: { debug: () => {}, info: log, warn: log, error: log },
    onClosed: () => closed.resolve(),
  })
  return {
    client,
    connection,
    running,
    started,
    budget,
    pool,
    logged,
    received: () => received,
    closed: closed.promise,
  }
}

function frame(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(text.length)
  return Buffer.concat([length, Buffer.from(text, 'latin1')])
}

/** As a socket brings it: a large frame comes in pieces. */
async function send(client: Duplex, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += 20_000) {
    client.write(bytes.subarray(at, at + 20_000))
    await turns()
  }
}

function reply(text: string): WireReply {
  return { parts: [Buffer.from(text)] }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

async function turns(): Promise<void> {
  for (let count = 0; count < 10; count++) await turn()
}

test('requests run one after the other, and pipelined ones together', async () => {
  const { client, started, running, received } = open()
  client.write(Buffer.concat(['a', 'p1', 'p2', 'b', 'p3'].map(frame)))
  await turns()
  assert.deepEqual(started, ['a'])
  running.get('a')!.resolve(reply('A'))
  await turns()
  assert.deepEqual(started, ['a', 'p1', 'p2'])
  running.get('p2')!.resolve(reply('2'))
  await turns()
  assert.equal(received(), 'A', 'the second is done, and its answer waits for the first')
  assert.deepEqual(started, ['a', 'p1', 'p2'], 'b waits for both')
  running.get('p1')!.resolve(reply('1'))
  await turns()
  assert.equal(received(), 'A12')
  assert.deepEqual(started, ['a', 'p1', 'p2', 'b'])
})

test('a request without an answer lets the next one run', async () => {
  const { client, started, running, received } = open()
  client.write(Buffer.concat(['a', 'b'].map(frame)))
  await turns()
  running.get('a')!.resolve(undefined)
  await turns()
  running.get('b')!.resolve(reply('B'))
  await turns()
  assert.deepEqual(started, ['a', 'b'])
  assert.equal(received(), 'B')
})

for (const [name, bytes] of [
  ['bytes that are no request', frame('bad')],
  ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ['a length above the limit', Buffer.from([0x7f, 0, 0, 0])],
] as const) {
  test(`${name} close the connection with one log line`, async () => {
    const { client, closed, logged } = open()
    client.write(bytes)
    await closed
    assert.equal(logged.length, 1)
  })
}

test('a request that fails closes the connection and gives everything back', async () => {
  const { client, closed, running, logged, budget } = open()
  await send(client, frame(`x${'.'.repeat(100_000)}`))
  assert.ok(budget.freeBytes < budget.totalBytes)
  running.get(`x${'.'.repeat(19)}`)!.reject(new Error('a bug'))
  await closed
  await turns()
  assert.deepEqual(logged, ['closed a connection: a request failed a bug'])
  assert.equal(budget.freeBytes, budget.totalBytes)
})

test('a large request waits for room while a small one passes', async () => {
  const large = open({ budgetBytes: 100_000 })
  large.budget.take(90_000, () => {})
  await send(large.client, frame(`large${'.'.repeat(50_000)}`))
  assert.deepEqual(large.started, [])
  large.budget.giveBack(90_000)
  await turns()
  assert.equal(large.started.length, 1)
})

test('a connection that is closed while its large request waits for room leaves the line', async () => {
  const { client, connection, closed, budget } = open({ budgetBytes: 100_000 })
  budget.take(90_000, () => {})
  client.write(frame(`large${'.'.repeat(50_000)}`).subarray(0, 30_000))
  await turns()
  assert.equal(budget.isContended, true)
  connection.fail('a test ends it')
  await closed
  assert.equal(budget.isContended, false)
})

class Records implements LazyBytes {
  readonly byteLength: number
  released = 0
  readonly #failsAt: number

  constructor(byteLength: number, failsAt = Infinity) {
    this.byteLength = byteLength
    this.#failsAt = failsAt
  }

  async read(position: number, target: Uint8Array): Promise<void> {
    await turn()
    if (position >= this.#failsAt) throw new Error('the disk is gone')
    for (let index = 0; index < target.length; index++) target[index] = 97 + ((position + index) % 26)
  }

  release(): void {
    this.released++
  }
}

for (const size of [1, 16 * 1024, 16 * 1024 + 1, 3_000_000]) {
  test(`${size} lazy bytes leave between the bytes around them`, async () => {
    const { client, running, received, pool } = open()
    const records = new Records(size)
    client.write(frame('a'))
    await turns()
    running.get('a')!.resolve({ parts: [Buffer.from('<'), records, Buffer.from('>')] })
    while (!received().endsWith('>')) await turn()
    const expected = Buffer.from(new Uint8Array(size).map((_, index) => 97 + (index % 26)))
    assert.equal(received(), `<${expected.toString('latin1')}>`)
    assert.equal(records.released, 1)
    assert.equal(pool.usedBytes, 0)
  })
}

test('records that cannot be read close the connection; nothing stays held', async () => {
  const { client, running, closed, pool } = open()
  const records = new Records(3_000_000, 1_000_000)
  const behind = new Records(10)
  client.write(frame('a'))
  await turns()
  running.get('a')!.resolve({ parts: [records, behind] })
  await closed
  await turns()
  assert.deepEqual([records.released, behind.released], [1, 1])
  assert.equal(pool.usedBytes, 0)
})

test('an answer for a client that has gone is released', async () => {
  const { client, running, closed } = open()
  const records = new Records(100)
  client.write(frame('a'))
  await turns()
  client.destroy()
  await closed
  running.get('a')!.resolve({ parts: [records] })
  await turns()
  assert.equal(records.released, 1)
})

test('draining tells what waits, answers it, and closes', async () => {
  const { client, connection, running, received, closed, started } = open()
  client.write(frame('a'))
  await turns()
  connection.drain()
  assert.equal(connection.facts.signal.aborted, true)
  client.write(frame('b'))
  running.get('a')!.resolve(reply('A'))
  await closed
  await turns()
  assert.equal(received(), 'A')
  assert.deepEqual(started, ['a'])
})
