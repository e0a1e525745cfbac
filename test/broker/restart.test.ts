/** What a broker finds again: after an orderly stop, after none, and in folders that it must not use. */
import assert from 'node:assert/strict'
import { appendFile, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { errorName } from '#protocol/error-codes.ts'
import { initProducerId } from '#protocol/messages/init-producer-id.ts'
import { listOffsets } from '#protocol/messages/list-offsets.ts'
import { metadata } from '#protocol/messages/metadata.ts'
import { offsetCommit } from '#protocol/messages/offset-commit.ts'
import { offsetFetch } from '#protocol/messages/offset-fetch.ts'
import { offsetForLeaderEpoch } from '#protocol/messages/offset-for-leader-epoch.ts'
import { Broker, StorageError } from '../../src/index.ts'
import { atEnd } from '../support/at-end.ts'
import { TestBroker, temporaryFolder } from '../support/broker.ts'
import { RawClient } from '../support/raw-client.ts'
import { batchOf, createTopic, fetchFrom, produceTo, topicIdOf, valuesOf } from '../support/records.ts'

const firstLog = '00000000000000000000.log'
const databaseFile = 'odradek.sqlite'

async function epochOf(client: RawClient, topic: string): Promise<number> {
  const answer = await client.ask(metadata, 12, { topics: [{ name: topic }] })
  return answer.topics[0]!.partitions[0]!.leaderEpoch
}

/** As a power cut would leave it: a copy of a running broker's folder, which did not know that it ends. */
async function abandonedCopy(t: TestContext, broker: TestBroker): Promise<string> {
  const copy = join(await temporaryFolder(t), 'copy')
  await cp(broker.folder!, copy, { recursive: true })
  return copy
}

test('after an orderly stop everything goes on, and the leader epoch stays', async t => {
  // At the time of the records: a producer whose last ones are a day old is forgotten.
  const broker = await TestBroker.start(t, { folder: true, clock: new FakeClock() })
  const before = await broker.connect()
  const topicId = await createTopic(before, 'topic', { partitions: 2 })
  const { producerId } = await before.ask(initProducerId, 4, { transactionalId: null })
  const numbered = (value: string, baseSequence: number) =>
    batchOf([value], { producerId, producerEpoch: 0, baseSequence })
  await produceTo(before, 'topic', numbered('a', 0))
  await produceTo(before, 'topic', numbered('b', 1))
  await produceTo(before, 'topic', batchOf(['c'], { codec: 'zstd' }), { partition: 1 })
  const cluster = (await before.ask(metadata, 12, { topics: [] })).clusterId

  for (let round = 0; round < 2; round++) {
    await broker.restart()
    const client = await broker.connect()
    assert.equal((await client.ask(metadata, 12, { topics: [] })).clusterId, cluster)
    assert.equal(await topicIdOf(client, 'topic'), topicId)
    assert.equal(await epochOf(client, 'topic'), 0)
    const { highWatermark, records } = await fetchFrom(client, 'topic', 0)
    assert.equal(highWatermark, 2)
    assert.deepEqual(valuesOf(records), ['a', 'b'])
    const other = await fetchFrom(client, 'topic', 0, { partition: { partition: 1 } })
    assert.deepEqual(valuesOf(other.records), ['c'])
    // Its producers are known as before.
    assert.equal((await produceTo(client, 'topic', numbered('b', 1))).baseOffset, 1)
    const gap = await produceTo(client, 'topic', numbered('x', 5))
    assert.equal(errorName(gap.errorCode), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
    // Nor is a producer id given out twice.
    const next = await client.ask(initProducerId, 4, { transactionalId: null })
    assert.ok(next.producerId > producerId)
  }
  const client = await broker.connect()
  assert.equal((await produceTo(client, 'topic', numbered('d', 2))).baseOffset, 2)
})

test('after an unclean stop all that was acknowledged is there, and the leader epoch rises', async t => {
  const clock = new FakeClock()
  const broker = await TestBroker.start(t, { folder: true, clock })
  const before = await broker.connect()
  await createTopic(before, 'topic')
  const { producerId } = await before.ask(initProducerId, 4, { transactionalId: null })
  const numbered = (value: string, baseSequence: number) =>
    batchOf([value], { producerId, producerEpoch: 0, baseSequence })
  for (const [sequence, value] of ['a', 'b', 'c'].entries())
    await produceTo(before, 'topic', numbered(value, sequence))
  const offsets = [{ partitionIndex: 0, committedOffset: 2n }]
  await before.ask(offsetCommit, 9, { groupId: 'group', topics: [{ name: 'topic', partitions: offsets }] })

  const after = await TestBroker.start(t, { folder: await abandonedCopy(t, broker), clock })
  assert.ok(
    after.lines.some(line => /unclean|recover/i.test(line.message)),
    'the log says so',
  )
  const client = await after.connect()
  assert.deepEqual(valuesOf((await fetchFrom(client, 'topic', 0)).records), ['a', 'b', 'c'])
  assert.equal(await epochOf(client, 'topic'), 1)
  const fetched = await client.ask(offsetFetch, 7, {
    groupId: 'group',
    topics: [{ name: 'topic', partitionIndexes: [0] }],
  })
  assert.equal(fetched.topics[0]!.partitions[0]!.committedOffset, 2n)

  // A client that believes in the old epoch is told to look again, and where that epoch ended.
  const old = await fetchFrom(client, 'topic', 3, { partition: { currentLeaderEpoch: 0 } })
  assert.equal(errorName(old.errorCode), 'FENCED_LEADER_EPOCH')
  const listed = await client.ask(listOffsets, 7, {
    replicaId: -1,
    topics: [{ name: 'topic', partitions: [{ partitionIndex: 0, currentLeaderEpoch: 0, timestamp: -1 }] }],
  })
  assert.equal(errorName(listed.topics[0]!.partitions[0]!.errorCode), 'FENCED_LEADER_EPOCH')
  assert.equal((await produceTo(client, 'topic', numbered('c', 2))).baseOffset, 2)
  assert.equal((await produceTo(client, 'topic', numbered('d', 3))).baseOffset, 3)
  const ended = await client.ask(offsetForLeaderEpoch, 4, {
    replicaId: -1,
    topics: [{ topic: 'topic', partitions: [{ partition: 0, currentLeaderEpoch: 1, leaderEpoch: 0 }] }],
  })
  const { leaderEpoch, endOffset } = ended.topics[0]!.partitions[0]!
  assert.deepEqual([leaderEpoch, endOffset], [0, 3])
})

test('a torn tail is cut, and a reader beyond it is told where the log diverged', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const before = await broker.connect()
  await createTopic(before, 'topic')
  for (const value of ['a', 'b']) await produceTo(before, 'topic', batchOf([value]))
  const copy = await abandonedCopy(t, broker)
  const torn = batchOf(['never acknowledged'])
  torn.writeBigInt64BE(2n, 0)
  await appendFile(join(copy, 'topic-0', firstLog), torn.subarray(0, -3))

  const after = await TestBroker.start(t, { folder: copy })
  const client = await after.connect()
  const answer = await fetchFrom(client, 'topic', 0)
  assert.equal(answer.highWatermark, 2)
  assert.deepEqual(valuesOf(answer.records), ['a', 'b'])
  const beyond = await fetchFrom(client, 'topic', 3, {
    partition: { currentLeaderEpoch: 1, lastFetchedEpoch: 0 },
  })
  assert.deepEqual(beyond.divergingEpoch, { epoch: 0, endOffset: 2 })
  assert.equal((await produceTo(client, 'topic', batchOf(['c']))).baseOffset, 2)
})

test('each unclean stop raises the epoch, and what was read in an older one still is', async t => {
  let broker = await TestBroker.start(t, { folder: true })
  let client = await broker.connect()
  await createTopic(client, 'topic')
  for (let epoch = 0; epoch < 4; epoch++) {
    assert.equal(await epochOf(client, 'topic'), epoch)
    assert.equal((await produceTo(client, 'topic', batchOf([`${epoch}`]))).baseOffset, epoch)
    broker = await TestBroker.start(t, { folder: await abandonedCopy(t, broker) })
    client = await broker.connect()
  }
  assert.deepEqual(valuesOf((await fetchFrom(client, 'topic', 0)).records), ['0', '1', '2', '3'])
  // A topic that is new begins with the epoch that its metadata says, whatever that is.
  await createTopic(client, 'new')
  const partition = { currentLeaderEpoch: await epochOf(client, 'new') }
  assert.equal((await fetchFrom(client, 'new', 0, { partition })).errorCode, 0)
})

test('indexes that are gone are made again', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const before = await broker.connect()
  await createTopic(before, 'topic', { configs: { 'index.interval.bytes': '0' } })
  for (let count = 0; count < 20; count++) await produceTo(before, 'topic', batchOf([`${count}`, 'x']))
  await broker.broker.close()
  const folder = join(broker.folder!, 'topic-0')
  for (const name of await readdir(folder)) if (name.endsWith('index')) await rm(join(folder, name))
  await broker.restart()
  const client = await broker.connect()
  assert.deepEqual(valuesOf((await fetchFrom(client, 'topic', 38)).records), ['19', 'x'])
})

test('a folder that is in use is refused, and the broker in it goes on', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const client = await broker.connect()
  await createTopic(client, 'topic')
  await assert.rejects(Broker.start({ storage: { folder: broker.folder! } }), error => {
    assert.ok(error instanceof StorageError)
    assert.match(error.message, /in use/)
    assert.ok(error.message.includes(broker.folder!), error.message)
    return true
  })
  assert.equal((await produceTo(client, 'topic', batchOf(['a']))).errorCode, 0)
})

/** Refused, with what is there left as it is. */
async function assertRefused(folder: string, message: RegExp): Promise<void> {
  const before = (await readdir(folder)).filter(name => !name.startsWith(databaseFile))
  await assert.rejects(Broker.start({ storage: { folder } }), error => {
    assert.ok(error instanceof StorageError, String(error))
    assert.match(error.message, message)
    return true
  })
  const after = (await readdir(folder)).filter(name => !name.startsWith(databaseFile))
  assert.deepEqual(after, before)
}

test('a folder of a newer release is refused, and the older one can still use it', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  await createTopic(await broker.connect(), 'topic')
  await broker.broker.close()
  const setVersion = (change: (version: number) => number): void => {
    const database = new DatabaseSync(join(broker.folder!, databaseFile))
    const version = Number(database.prepare('PRAGMA user_version').get()!.user_version)
    database.exec(`PRAGMA user_version = ${change(version)}`)
    database.close()
  }
  setVersion(version => version + 1)
  await assertRefused(broker.folder!, /format version \d+.*up to \d+/)
  setVersion(version => version - 1)
  await broker.restart()
  assert.equal(await epochOf(await broker.connect(), 'topic'), 0)
})

test('a database of something else is refused', async t => {
  const folder = await temporaryFolder(t)
  const database = new DatabaseSync(join(folder, databaseFile))
  database.exec('CREATE TABLE theirs (x); PRAGMA application_id = 12345')
  database.close()
  await assertRefused(folder, /another program/)
})

test('a file that is no database is refused', async t => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, databaseFile), 'not a database '.repeat(1000))
  await assertRefused(folder, /not a database/)
})

test('a data folder that is a file is refused', async t => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'file')
  await writeFile(path, '')
  await assert.rejects(Broker.start({ storage: { folder: path } }), StorageError)
})

test('a folder of a partition that no topic has is removed', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  await createTopic(await broker.connect(), 'topic')
  await broker.broker.close()
  await cp(join(broker.folder!, 'topic-0'), join(broker.folder!, 'ghost-0'), { recursive: true })
  await mkdir(join(broker.folder!, 'notes'))
  await broker.restart()
  const names = await readdir(broker.folder!)
  assert.ok(!names.includes('ghost-0'))
  // What is none of ours is left alone.
  assert.ok(names.includes('notes'))
})

test('a partition whose folder is gone is reported, and never an empty one', async t => {
  const folder = await temporaryFolder(t)
  const first = await TestBroker.start(t, { folder: true })
  const before = await first.connect()
  await createTopic(before, 'topic', { partitions: 2 })
  await produceTo(before, 'topic', batchOf(['a']), { partition: 0 })
  await produceTo(before, 'topic', batchOf(['b']), { partition: 1 })
  await first.broker.close()
  const copy = join(folder, 'copy')
  await cp(first.folder!, copy, { recursive: true })
  await rm(join(copy, 'topic-0'), { recursive: true })

  // Not by the fixture, which would report it as well.
  const lines: string[] = []
  const say = (message: string): void => void lines.push(message)
  const logger = { debug: say, info: say, warn: say, error: say }
  const broker = await Broker.start({ storage: { folder: copy }, logger })
  const [host, port] = broker.bootstrapServers.split(':')
  const client = await RawClient.connect(host!, Number(port))
  atEnd(t, () => broker.close())
  atEnd(t, () => client.close())
  assert.equal(errorName((await fetchFrom(client, 'topic', 0)).errorCode), 'KAFKA_STORAGE_ERROR')
  assert.equal(errorName((await produceTo(client, 'topic', batchOf(['c']))).errorCode), 'KAFKA_STORAGE_ERROR')
  const other = await fetchFrom(client, 'topic', 0, { partition: { partition: 1 } })
  assert.deepEqual(valuesOf(other.records), ['b'])
  assert.ok(
    lines.some(line => line.includes('topic-0') || /gone|missing/.test(line)),
    lines.join('\n'),
  )
})
