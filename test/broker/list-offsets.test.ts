/** ListOffsets, OffsetForLeaderEpoch and DeleteRecords: where a partition begins and ends, and what lies between. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { errorName } from '#protocol/error-codes.ts'
import { deleteRecords } from '#protocol/messages/delete-records.ts'
import { listOffsets } from '#protocol/messages/list-offsets.ts'
import { offsetForLeaderEpoch } from '#protocol/messages/offset-for-leader-epoch.ts'
import { encodeBatch } from '#protocol/encode-batch.ts'
import type { Codec } from '#protocol/record-batch.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { createTopic, fetchFrom, produceTo, someTimeMs, valuesOf } from '../support/records.ts'

const latest = -1
const earliest = -2
const maxTimestamp = -3
const earliestLocal = -4
const latestTiered = -5
const earliestPendingUpload = -6

interface Setting {
  readonly broker: TestBroker
  readonly client: RawClient
  readonly topic: string
}

/** A topic with one batch for each of `batches`, whose records have these times after `someTimeMs`. */
async function start(
  t: TestContext,
  batches: readonly (readonly number[])[] = [],
  codec: Codec = 'none',
): Promise<Setting> {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('topic')
  await createTopic(client, topic)
  for (const times of batches) {
    const records = times.map(time => ({
      timestampMs: someTimeMs + time,
      key: null,
      value: Buffer.from(`${time}`),
    }))
    assert.equal((await produceTo(client, topic, encodeBatch({ codec }, records))).errorCode, 0)
  }
  return { broker, client, topic }
}

/** [offset, time after `someTimeMs`], or the name of an error. */
async function find(
  client: RawClient,
  topic: string,
  timestamp: number,
  { version = 11, partitionIndex = 0, currentLeaderEpoch = -1 } = {},
): Promise<string | [number, number]> {
  const answer = await client.ask(listOffsets, version, {
    replicaId: -1,
    topics: [{ name: topic, partitions: [{ partitionIndex, timestamp, currentLeaderEpoch }] }],
  })
  const partition = answer.topics[0]!.partitions[0]!
  if (partition.errorCode !== 0) return errorName(partition.errorCode)!
  if (version >= 4) assert.equal(partition.leaderEpoch, partition.offset === -1 ? -1 : 0)
  return [partition.offset, partition.timestamp < 0 ? partition.timestamp : partition.timestamp - someTimeMs]
}

test('an empty partition', async t => {
  const { client, topic } = await start(t)
  assert.deepEqual(await find(client, topic, earliest), [0, -1])
  assert.deepEqual(await find(client, topic, latest), [0, -1])
  assert.deepEqual(await find(client, topic, someTimeMs), [-1, -1])
  assert.deepEqual(await find(client, topic, maxTimestamp), [-1, -1])
  assert.deepEqual(await find(client, topic, earliestLocal), [0, -1])
})

test('the ends of a partition', async t => {
  const { client, topic } = await start(t, [[0, 1], [2]])
  assert.deepEqual(await find(client, topic, earliest), [0, -1])
  assert.deepEqual(await find(client, topic, latest), [3, -1])
  assert.deepEqual(await find(client, topic, earliestLocal), [0, -1])
})

for (const codec of ['none', 'zstd'] as const) {
  test(`by time, in ${codec}: the first record that is not earlier`, async t => {
    const { client, topic } = await start(t, [[0, 10, 20], [15, 40], [30], [40, 50]], codec)
    const found = []
    for (const time of [-1000, 0, 1, 10, 20, 21, 40, 41, 50, 51])
      found.push([time, await find(client, topic, someTimeMs + time)])
    assert.deepEqual(found, [
      [-1000, [0, 0]],
      [0, [0, 0]],
      [1, [1, 10]],
      [10, [1, 10]],
      [20, [2, 20]],
      [21, [4, 40]],
      [40, [4, 40]],
      [41, [7, 50]],
      [50, [7, 50]],
      [51, [-1, -1]],
    ])
    assert.deepEqual(await find(client, topic, 0), [0, 0])
  })

  test(`the largest timestamp, in ${codec}: of several records the first`, async t => {
    const { client, topic } = await start(t, [[0, 10], [50, 60, 20], [60], [30]], codec)
    assert.deepEqual(await find(client, topic, maxTimestamp), [3, 60])
  })
}

test('versions without what they lack', async t => {
  const { client, topic } = await start(t, [[0, 10]])
  for (let version = 1; version <= 11; version++) {
    assert.deepEqual(await find(client, topic, latest, { version }), [2, -1])
    assert.deepEqual(await find(client, topic, someTimeMs + 5, { version }), [1, 10])
  }
})

test('timestamps of tiered storage, which is not there', async t => {
  const { client, topic } = await start(t, [[0, 10]])
  assert.deepEqual(await find(client, topic, latestTiered, { version: 9 }), [-1, -1])
  assert.deepEqual(await find(client, topic, earliestPendingUpload, { version: 11 }), [-1, -1])
})

for (const [timestamp, version] of [
  [maxTimestamp, 6],
  [earliestLocal, 7],
  [latestTiered, 8],
  [earliestPendingUpload, 10],
  [-7, 11],
] as const) {
  test(`timestamp ${timestamp} is not known in version ${version}`, async t => {
    const { client, topic } = await start(t, [[0, 10]])
    assert.equal(await find(client, topic, timestamp, { version }), 'UNSUPPORTED_VERSION')
  })
}

test('a partition that is asked twice', async t => {
  const { client, topic } = await start(t, [[0]])
  const answer = await client.ask(listOffsets, 11, {
    replicaId: -1,
    topics: [
      {
        name: topic,
        partitions: [
          { partitionIndex: 0, timestamp: earliest },
          { partitionIndex: 0, timestamp: latest },
        ],
      },
    ],
  })
  const codes = answer.topics.flatMap(each => each.partitions).map(each => errorName(each.errorCode))
  assert.ok(codes.length > 0 && codes.every(code => code === 'INVALID_REQUEST'), codes.join())
})

test('topics, partitions and epochs that do not exist', async t => {
  const { client, topic } = await start(t, [[0]])
  assert.equal(await find(client, `${topic}-other`, latest), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await find(client, topic, latest, { partitionIndex: 1 }), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await find(client, topic, latest, { partitionIndex: -1 }), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await find(client, topic, latest, { currentLeaderEpoch: 1 }), 'UNKNOWN_LEADER_EPOCH')
  assert.deepEqual(await find(client, topic, latest, { currentLeaderEpoch: 0 }), [1, -1])
})

async function removeBefore(client: RawClient, topic: string, offset: number, partitionIndex = 0) {
  const answer = await client.ask(deleteRecords, 2, {
    topics: [{ name: topic, partitions: [{ partitionIndex, offset }] }],
    timeoutMs: 10_000,
  })
  const partition = answer.topics[0]!.partitions[0]!
  return [errorName(partition.errorCode), partition.lowWatermark]
}

test('records are deleted up to an offset, or to the end', async t => {
  const { client, topic } = await start(t, [[0, 10], [20, 30], [40]])
  assert.deepEqual(await removeBefore(client, topic, 1), ['NONE', 1])
  assert.deepEqual(await find(client, topic, earliest), [1, -1])
  assert.deepEqual(await find(client, topic, earliestLocal), [1, -1])
  assert.deepEqual(await find(client, topic, someTimeMs), [1, 10])
  // Never backwards.
  assert.deepEqual(await removeBefore(client, topic, 0), ['NONE', 1])
  assert.deepEqual(await removeBefore(client, topic, 6), ['OFFSET_OUT_OF_RANGE', -1])
  assert.deepEqual(await removeBefore(client, topic, -2), ['OFFSET_OUT_OF_RANGE', -1])
  assert.deepEqual(await removeBefore(client, topic, -1), ['NONE', 5])
  assert.deepEqual(await find(client, topic, earliest), [5, -1])
  assert.deepEqual(await find(client, topic, latest), [5, -1])
  assert.deepEqual(await find(client, topic, someTimeMs), [-1, -1])
  assert.deepEqual(await removeBefore(client, `${topic}-other`, 0), ['UNKNOWN_TOPIC_OR_PARTITION', -1])
  assert.deepEqual(await removeBefore(client, topic, 0, 7), ['UNKNOWN_TOPIC_OR_PARTITION', -1])
})

test('deleted records stay deleted after a restart', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  await createTopic(await broker.connect(), 'topic')
  for (const value of ['a', 'b']) {
    const records = [{ timestampMs: someTimeMs, key: null, value: Buffer.from(value) }]
    await produceTo(await broker.connect(), 'topic', encodeBatch({}, records))
  }
  assert.deepEqual(await removeBefore(await broker.connect(), 'topic', 1), ['NONE', 1])
  await broker.restart()
  const client = await broker.connect()
  assert.deepEqual((await find(client, 'topic', earliest))[0], 1)
  assert.deepEqual(valuesOf((await fetchFrom(client, 'topic', 1)).records), ['b'])
  assert.equal(errorName((await fetchFrom(client, 'topic', 0)).errorCode), 'OFFSET_OUT_OF_RANGE')
})

test('where a leader epoch ends', async t => {
  const { client, topic } = await start(t, [[0, 10], [20]])
  const endOf = async (
    leaderEpoch: number,
    { partition = 0, currentLeaderEpoch = -1, name = topic } = {},
  ) => {
    const answer = await client.ask(offsetForLeaderEpoch, 4, {
      replicaId: -1,
      topics: [{ topic: name, partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }],
    })
    const { errorCode, leaderEpoch: epoch, endOffset } = answer.topics[0]!.partitions[0]!
    return errorCode === 0 ? [epoch, endOffset] : errorName(errorCode)
  }
  assert.deepEqual(await endOf(0), [0, 3])
  assert.deepEqual(await endOf(1), [-1, -1])
  assert.deepEqual(await endOf(-1), [-1, -1])
  assert.equal(await endOf(0, { currentLeaderEpoch: 1 }), 'UNKNOWN_LEADER_EPOCH')
  assert.equal(await endOf(0, { partition: 5 }), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await endOf(0, { name: `${topic}-other` }), 'UNKNOWN_TOPIC_OR_PARTITION')
})
