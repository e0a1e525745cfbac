/** Closing a broker: what waits is answered, what runs is finished, and nothing keeps the process alive. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { errorName } from '#protocol/error-codes.ts'
import { apiVersions } from '#protocol/messages/api-versions.ts'
import { fetch } from '#protocol/messages/fetch.ts'
import { joinGroup } from '#protocol/messages/join-group.ts'
import { TestBroker } from '../support/broker.ts'
import { batchOf, createTopic, fetchFrom, fetchRequest, produceTo, valuesOf } from '../support/records.ts'

const joinRequest = {
  groupId: 'group',
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 60_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
}

test('waiting requests are answered, and the end comes soon', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const admin = await broker.connect()
  const reader = await broker.connect()
  const joiner = await broker.connect()
  await createTopic(admin, 'topic')
  await produceTo(admin, 'topic', batchOf(['a']))
  await admin.ask(joinGroup, 3, joinRequest)

  const fetching = reader.ask(fetch, 12, fetchRequest('topic', 1, { maxWaitMs: 60_000 }))
  // The first member does not join again, which keeps this one waiting.
  const joining = joiner.ask(joinGroup, 3, joinRequest)
  for (let turn = 0; turn < 3; turn++) await admin.ask(apiVersions, 0, {})

  const begin = performance.now()
  await broker.broker.close()
  assert.ok(performance.now() - begin < 3000, `${performance.now() - begin} ms`)
  const answer = (await fetching).responses[0]!.partitions[0]!
  assert.equal(answer.errorCode, 0)
  assert.equal(answer.records?.length ?? 0, 0)
  const joined = errorName((await joining).errorCode)!
  assert.ok(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'UNKNOWN_MEMBER_ID'].includes(joined), joined)
  for (const client of [admin, reader, joiner]) await client.closed
})

test('records that are on their way are answered and kept', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const client = await broker.connect()
  await createTopic(client, 'topic')
  const producing = Array.from({ length: 20 }, (_, index) =>
    produceTo(client, 'topic', batchOf([`${index}`])),
  )
  // They have come in when the last one's connection was served.
  await producing[0]
  const results = Promise.allSettled(producing)
  await broker.restart()
  const acknowledged = (await results).filter(each => each.status === 'fulfilled').length
  assert.ok(acknowledged > 0)
  const after = await broker.connect()
  const values = valuesOf((await fetchFrom(after, 'topic', 0)).records)
  assert.ok(values.length >= acknowledged, `${values.length} of ${acknowledged}`)
  assert.deepEqual(
    values,
    values.map((_, index) => `${index}`),
  )
})

test('a closed broker takes no connection, and close can be called again', async t => {
  const broker = await TestBroker.start(t)
  const { host, port } = broker
  const client = await broker.connect()
  await Promise.all([broker.broker.close(), broker.broker.close()])
  await broker.broker.close()
  await client.closed
  const [error] = await once(
    connect({ host, port }).on('connect', () => assert.fail('connected')),
    'error',
  )
  assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED')
})

test('a client that does not read its answer does not hold up the end for long', async t => {
  const clock = new FakeClock()
  const broker = await TestBroker.start(t, { clock })
  const client = await broker.connect()
  await createTopic(client, 'topic')
  const large = batchOf(['x'.repeat(1_000_000)])
  for (let count = 0; count < 20; count++) await produceTo(client, 'topic', Buffer.from(large))
  const stuck = await broker.connect()
  stuck.socket.pause()
  const partition = { partitionMaxBytes: 50_000_000 }
  stuck.send(fetch, 12, fetchRequest('topic', 0, { partition }))
  await client.ask(apiVersions, 0, {})
  let isClosed = false
  const closing = broker.broker.close().then(() => (isClosed = true))
  await client.closed
  await clock.advance(4900)
  assert.equal(isClosed, false)
  await clock.advance(200)
  await closing
  // Closed, and nothing else went wrong.
  assert.deepEqual(
    broker.lines.filter(line => line.level !== 'info').map(line => line.message),
    ['closed a connection: the broker stops'],
  )
})

for (const storage of ['memory', 'folder']) {
  test(`a process whose broker (${storage}) is closed ends by itself`, async t => {
    const script = `
      import { Broker } from '${new URL('../../src/index.ts', import.meta.url).href}'
      import { mkdtempSync, rmSync } from 'node:fs'
      import { connect } from 'node:net'
      const folder = mkdtempSync('${process.env.TMPDIR ?? '/tmp'}/odradek-exit-')
      const broker = await Broker.start({ storage: '${storage}' === 'memory' ? 'memory' : { folder } })
      const [host, port] = broker.bootstrapServers.split(':')
      const socket = connect(Number(port), host)
      await new Promise(resolve => socket.once('connect', resolve))
      await broker.close()
      await broker[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
      console.log('closed')
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname })
    t.after(() => child.kill('SIGKILL'))
    let output = ''
    child.stdout.on('data', data => (output += data))
    child.stderr.on('data', data => (output += data))
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) })
    assert.equal(output, 'closed\n')
    assert.equal(code, 0)
  })
}

test('brokers start and stop many times in one process', async t => {
  const before = process.getActiveResourcesInfo().filter(name => name.includes('TCP')).length
  for (let round = 0; round < 10; round++) {
    const broker = await TestBroker.start(t)
    const client = await broker.connect()
    await createTopic(client, 'topic')
    await produceTo(client, 'topic', batchOf(['a']))
    await broker.broker.close()
    await client.closed
  }
  const after = process.getActiveResourcesInfo().filter(name => name.includes('TCP')).length
  assert.equal(after, before)
})
