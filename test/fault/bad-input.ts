// Bytes that no client sends: each is answered or its connection is closed with one line in the log; nothing else happens.

import { inspect } from 'node:util'
import type { LogFields, Logger } from '../../src/base/logger.ts'
import { Broker } from '../../src/broker/broker.ts'
import { compress } from '../../src/protocol/compression.ts'
import { encodeBatch, encodeBatchBody } from '../../src/protocol/encode-batch.ts'
import { decodeResponse } from '../../src/protocol/frame.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { codecs } from '../../src/protocol/record-batch.ts'
import { batchPositions, computeBatchCrc } from '../../src/protocol/record-batch.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { Bystander } from './bystander.ts'
import { eventually, fail, isTrue, megabytes, type Checks } from './checks.ts'
import { connect, createTopic, produceBytes, type Client } from './client.ts'
import { RandomNumbers } from './random-numbers.ts'
import { frameOf, headerOf, RawConnection } from './raw-connection.ts'
import { aboutKnown, mutated, realRequests, type KnownTopic, type RealRequest } from './real-requests.ts'

export interface BadInputOptions {
  readonly seed: number
  readonly isShort: boolean
}

/** Connections that send at the same time. */
const LANES = 16
/** What is not answered by then waits for something that never comes, as a JoinGroup may. */
const PATIENCE_MS = 250
/** Of the process that has both broker and clients: far below what an unbounded bomb or array would take. */
const MAX_GROWTH_BYTES = 700 * 1024 * 1024
/** On a machine that is busy with other things as well. */
const BYSTANDER_LIMIT_MS = 3000
const TOPIC = 't-known'

/** Keeps the lines of the log, and finds those that tell of a mistake of ours. */
class WatchedLog implements Logger {
  /** Lines that say why a connection was closed. */
  closedCount = 0
  readonly mistakes: string[] = []

  debug(): void {}
  info(): void {}
  warn(message: string, fields?: LogFields): void {
    if (message.startsWith('closed a connection')) this.closedCount++
    const error = fields?.['error']
    // A refusal is a ProtocolError; any other error was thrown by a mistake in the code.
    if (error instanceof Error && error.name !== 'ProtocolError') this.#tell(message, fields)
  }
  error(message: string, fields?: LogFields): void {
    this.#tell(message, fields)
  }

  #tell(message: string, fields: LogFields | undefined): void {
    if (this.mistakes.length < 20) this.mistakes.push(`${message} ${inspect(fields, { depth: 4 })}`)
  }
}

export async function badInputChecks(checks: Checks, { seed, isShort }: BadInputOptions): Promise<void> {
  const log = new WatchedLog()
  const escaped: unknown[] = []
  const onEscaped = (error: unknown): void => void escaped.push(error)
  process.on('uncaughtException', onEscaped)
  process.on('unhandledRejection', onEscaped)
  const broker = await Broker.start({
    storage: 'memory',
    logger: log,
    set: { 'group.initial.rebalance.delay.ms': '0' },
  })
  const memory = new PeakMemory()
  const bystander = await Bystander.start(broker.bootstrapServers)
  const input = new BadInput(checks, broker, log, bystander, new RandomNumbers(seed))
  try {
    await input.run(isShort)
    await checks.check('the memory stays bounded', () => {
      isTrue(memory.growthBytes < MAX_GROWTH_BYTES, `it grew by ${megabytes(memory.growthBytes)}`)
      return `broker and clients in one process: ${megabytes(memory.growthBytes)} at most, bound ${megabytes(MAX_GROWTH_BYTES)}`
    })
  } finally {
    memory.stop()
    await bystander.stop()
    await broker.close()
    process.off('uncaughtException', onEscaped)
    process.off('unhandledRejection', onEscaped)
  }
  await checks.check('nothing was thrown that nobody caught', () => {
    isTrue(escaped.length === 0, inspect(escaped.slice(0, 5)))
    return undefined
  })
}

class BadInput {
  readonly #checks: Checks
  readonly #broker: Broker
  readonly #log: WatchedLog
  readonly #bystander: Bystander
  readonly #random: RandomNumbers
  readonly #port: number

  constructor(checks: Checks, broker: Broker, log: WatchedLog, bystander: Bystander, random: RandomNumbers) {
    this.#checks = checks
    this.#broker = broker
    this.#log = log
    this.#bystander = bystander
    this.#random = random
    this.#port = Number(broker.bootstrapServers.split(':')[1])
  }

  async run(isShort: boolean): Promise<void> {
    await this.#check('lengths that cannot be, and garbage', () => this.#badFrames(isShort ? 200 : 2000))
    await this.#check('unknown API keys and versions', () => this.#unknownRequests())
    await this.#check('half frames', () => this.#halfFrames(isShort ? 100 : 1000))
    const client = await connect(this.#broker.bootstrapServers)
    await createTopic(client, TOPIC, 1)
    await this.#check('batches that are damaged', () => this.#damagedBatches(client, isShort ? 300 : 3000))
    await this.#check('batches that unpack to too much', () => this.#bombs(client))
    const { topics } = await client.call(metadata, { topics: [{ name: TOPIC }] })
    client.close()
    const topic = { name: TOPIC, topicId: topics[0]!.topicId }
    await this.#check('every request of every version, with bytes changed', () =>
      this.#mutatedRequests(topic, isShort ? 1 : 12),
    )
  }

  /** What must hold after each part: no mistake in the log, no connection left, a client that worked meanwhile. */
  #check(name: string, body: () => Promise<string>): Promise<void> {
    return this.#checks.check(name, async () => {
      this.#log.mistakes.length = 0
      this.#bystander.takeLongestMs()
      const figures = await body()
      isTrue(this.#log.mistakes.length === 0, `a mistake of the broker:\n${this.#log.mistakes.join('\n')}`)
      await eventually('all connections but two are gone', 5000, () => this.#broker.connectionCount <= 2)
      return `${figures}; ${this.#bystander.judge(BYSTANDER_LIMIT_MS)}`
    })
  }

  /** Sends these bytes, for which the broker must close the connection, and say so once. */
  async #mustClose(bytes: Buffer, what: string): Promise<void> {
    const before = this.#log.closedCount
    const connection = await RawConnection.open(this.#port)
    const { isClosed, answers } = await connection.exchange(bytes, 5000)
    connection.destroy()
    isTrue(isClosed && answers.length === 0, `not closed: ${what}`)
    isTrue(
      this.#log.closedCount === before + 1,
      `${this.#log.closedCount - before} lines in the log: ${what}`,
    )
  }

  async #badFrames(garbageCount: number): Promise<string> {
    const lengths = [-1, -(2 ** 31), -100, 0, 1, 7, 2 ** 31 - 1, 104_857_601]
    for (const length of lengths) {
      const bytes = Buffer.alloc(100)
      bytes.writeInt32BE(length)
      await this.#mustClose(bytes, `length ${length}`)
    }
    let closed = 0
    await this.#inLanes(garbageCount, async () => {
      const connection = await RawConnection.open(this.#port)
      const bytes = this.#random.bytes(this.#random.between(1, 3000))
      // A plausible length for half of them: a frame of garbage.
      if (this.#random.between(0, 2) === 0 && bytes.length > 4) bytes.writeInt32BE(bytes.length - 4)
      const { isClosed } = await connection.exchange(bytes, PATIENCE_MS)
      if (isClosed) closed++
      connection.destroy()
    })
    return `${lengths.length} lengths, ${garbageCount} times garbage, ${closed} closed`
  }

  async #unknownRequests(): Promise<string> {
    let count = 0
    for (const key of [-32768, -1, 4, 5, 6, 7, 17, 24, 36, 68, 93, 500, 32767]) {
      for (const version of [-32768, -1, 0, 3, 32767]) {
        await this.#mustClose(
          frameOf(headerOf(key, version, 1), Buffer.alloc(20)),
          `key ${key}, version ${version}`,
        )
        count++
      }
    }
    for (const key of [0, 1, 2, 3, 8, 11, 19, 22, 32, 60]) {
      for (const version of [-32768, -1, 100, 32767]) {
        await this.#mustClose(
          frameOf(headerOf(key, version, 1), Buffer.alloc(20)),
          `key ${key}, version ${version}`,
        )
        count++
      }
    }
    // ApiVersions is answered whatever its version: that is how clients find out.
    const connection = await RawConnection.open(this.#port)
    const { answers } = await connection.exchange(frameOf(headerOf(18, 99, 7), Buffer.of(0)), 5000)
    connection.destroy()
    isTrue(
      answers[0]?.readInt32BE(0) === 7 && answers[0].readInt16BE(4) === 35,
      'ApiVersions 99 is not refused',
    )
    return `${count} closed`
  }

  async #halfFrames(count: number): Promise<string> {
    await this.#inLanes(count, async () => {
      const whole = frameOf(headerOf(18, 0, 1))
      const connection = await RawConnection.open(this.#port)
      await connection.exchange(whole.subarray(0, this.#random.between(1, whole.length)), 5)
      connection.destroy()
    })
    // A frame that comes byte by byte is a frame.
    const connection = await RawConnection.open(this.#port)
    const whole = frameOf(headerOf(18, 0, 1))
    for (const byte of whole.subarray(0, -1)) {
      const { isClosed } = await connection.exchange(Buffer.of(byte), 2)
      isTrue(!isClosed, 'closed in the middle of a frame')
    }
    const { answers } = await connection.exchange(whole.subarray(-1), 5000)
    connection.destroy()
    isTrue(answers.length === 1, 'a frame that came byte by byte was not answered')
    return `${count} given up`
  }

  async #damagedBatches(client: Client, count: number): Promise<string> {
    const refusals = new Map<string, number>()
    const send = async (records: Buffer, what: string, mayPass: boolean): Promise<void> => {
      const { error } = await produceBytes(client, TOPIC, 0, records)
      refusals.set(error, (refusals.get(error) ?? 0) + 1)
      isTrue(mayPass || error !== 'NONE', `taken: ${what}`)
    }
    for (const codec of codecs) {
      const records = Array.from({ length: 20 }, (_, index) => ({
        timestampMs: Date.now(),
        key: Buffer.from(`key ${index}`),
        value: Buffer.alloc(200, `value ${index} `),
      }))
      const whole = encodeBatch({ codec }, records)
      const wrongCrc = Buffer.from(whole)
      wrongCrc[batchPositions.crc]! ^= 1
      await send(wrongCrc, `${codec}, a wrong checksum`, false)
      for (let round = 0; round < count / codecs.length; round++) {
        const damaged = Buffer.from(whole)
        const isBody = this.#random.between(0, 4) > 0
        const [from, below] = isBody ? [61, damaged.length] : [0, 61]
        for (let changes = this.#random.between(1, 4); changes > 0; changes--)
          damaged[this.#random.between(from, below)] = this.#random.between(0, 256)
        // With a right checksum, so that it is looked into.
        if (this.#random.between(0, 4) > 0)
          damaged.writeUInt32BE(computeBatchCrc(damaged, 0, damaged.length), batchPositions.crc)
        await send(damaged, '', true)
        await send(whole.subarray(0, this.#random.between(0, whole.length)), `${codec}, cut`, false)
      }
    }
    return [...refusals].map(([error, times]) => `${error} ${times}`).join(', ')
  }

  async #bombs(client: Client): Promise<string> {
    const answers: string[] = []
    for (const codec of codecs) {
      if (codec === 'none') continue
      // snappy packs 21 times at best: its bomb is a stated length.
      const body =
        codec === 'snappy' ? snappyOfLength(0x7fffffff) : compress(codec, Buffer.alloc(200_000_000))
      const packed = withBody(codec, body)
      if (packed.length > 1_000_000) continue
      const start = performance.now()
      const { error } = await produceBytes(client, TOPIC, 0, packed)
      isTrue(error !== 'NONE', `${codec}: taken`)
      answers.push(
        `${codec} of ${packed.length} bytes: ${error} in ${(performance.now() - start).toFixed(0)} ms`,
      )
      this.#bystander.takeLongestMs()
    }
    return answers.join(', ')
  }

  async #mutatedRequests(topic: KnownTopic, rounds: number): Promise<string> {
    const real = realRequests()
    const known = real.flatMap(request => aboutKnown(request, topic) ?? [])
    const plan: RealRequest[] = []
    for (let round = 0; round < rounds; round++) {
      for (const request of [...real, ...known])
        plan.push({ ...request, body: mutated(request.body, this.#random) })
    }
    plan.push(...real, ...known)
    const counts = { answered: 0, closed: 0, silent: 0 }
    const before = this.#log.closedCount
    let next = 0
    await this.#inLanes(LANES, async () => {
      let connection: RawConnection | undefined
      while (next < plan.length) {
        const request = plan[next++]!
        if (connection === undefined || connection.isClosed) connection = await RawConnection.open(this.#port)
        const outcome = await connection.exchange(frameOf(request.header, request.body), PATIENCE_MS)
        if (outcome.answers.length > 0) {
          counts.answered++
          readable(request, outcome.answers[0]!)
        } else if (outcome.isClosed) counts.closed++
        else counts.silent++
        // An answer that comes later would be taken for that of the next request.
        if (outcome.answers.length !== 1) {
          connection.destroy()
          connection = undefined
        }
      }
      connection?.destroy()
    })
    const lines = this.#log.closedCount - before
    // Those that we gave up may have been closed at the same moment.
    isTrue(
      lines >= counts.closed && lines <= counts.closed + counts.silent,
      `${counts.closed} connections closed, ${lines} lines in the log`,
    )
    return `${plan.length} requests: ${counts.answered} answered, ${counts.closed} closed, ${counts.silent} without an answer`
  }

  async #inLanes(count: number, work: () => Promise<void>): Promise<void> {
    let left = count
    await Promise.all(
      Array.from({ length: Math.min(count, LANES) }, async () => {
        while (left-- > 0) await work()
      }),
    )
  }
}

/** An answer must be one of its version. */
function readable({ api, version, header }: RealRequest, answer: Buffer): void {
  const correlationId = header.readInt32BE(4)
  try {
    decodeResponse(api as never, version, correlationId, new Reader(answer))
  } catch (error) {
    fail(
      `${api.name} ${version} was answered with what is no answer: ${String(error)} ${answer.toString('hex').slice(0, 200)}`,
    )
  }
}

function withBody(codec: (typeof codecs)[number], packed: Buffer): Buffer {
  const fields = { lastOffsetDelta: 0, baseTimestamp: 0, maxTimestamp: 0, recordCount: 1 }
  const header = encodeBatchBody(fields, Buffer.alloc(0))
  const batch = Buffer.concat([header, packed])
  batch.writeInt32BE(batch.length - 12, batchPositions.length)
  batch.writeInt16BE(codecs.indexOf(codec), batchPositions.attributes)
  batch.writeUInt32BE(computeBatchCrc(batch, 0, batch.length), batchPositions.crc)
  return batch
}

/** A raw snappy block that says it unpacks to so many bytes, and repeats one byte until it is cut off. */
function snappyOfLength(byteCount: number): Buffer {
  const length: number[] = []
  for (let rest = byteCount; ; rest >>>= 7) {
    length.push(rest >= 0x80 ? (rest & 0x7f) | 0x80 : rest)
    if (rest < 0x80) break
  }
  const copy = Buffer.of(0xfe, 0x01, 0x00)
  return Buffer.concat([Buffer.of(...length, 0x00, 0x61), Buffer.alloc(600_000, copy)])
}

/** The resident memory of this process, looked at often. */
class PeakMemory {
  readonly #startBytes = process.memoryUsage().rss
  #peakBytes = this.#startBytes
  readonly #timer = setInterval(() => {
    this.#peakBytes = Math.max(this.#peakBytes, process.memoryUsage().rss)
  }, 50)

  get growthBytes(): number {
    return this.#peakBytes - this.#startBytes
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
