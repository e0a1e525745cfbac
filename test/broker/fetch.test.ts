/** Fetch without a session: what is given, how much of it, and how long is waited for it. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { errorName } from '#protocol/error-codes.ts'
import { apiVersions } from '#protocol/messages/api-versions.ts'
import { deleteRecords } from '#protocol/messages/delete-records.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import { fetch } from '#protocol/messages/fetch.ts'
import { produce } from '#protocol/messages/produce.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import {
  batchesOf,
  batchOf,
  createTopic,
  fetchFrom,
  fetchRequest,
  produceRequest,
  produceTo,
  valuesOf,
} from '../support/records.ts'

interface Setting {
  readonly broker: TestBroker
  readonly client: RawClient
  readonly topic: string
  readonly topicId: string
}

/** A topic with one batch in partition 0 for each of `batches`. */
async function start(t: TestContext, batches: readonly string[][] = [], partitions = 1): Promise<Setting> {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('topic')
  const topicId = await createTopic(client, topic, { partitions })
  for (const values of batches) assert.equal((await produceTo(client, topic, batchOf(values))).errorCode, 0)
  return { broker, client, topic, topicId }
}

/** Something that has been asked on another connection before this has been received by now. */
async function turn(client: RawClient): Promise<void> {
  for (let count = 0; count < 3; count++) await client.ask(apiVersions, 0, {})
}

const longWait = { maxWaitMs: 25_000 }

test('from every offset, whole batches', async t => {
  const { client, topic } = await start(t, [['a', 'b'], ['c'], ['d', 'e', 'f']])
  const first = ['a', 'b', 'c', 'd', 'e', 'f']
  for (let offset = 0; offset < 6; offset++) {
    const answer = await fetchFrom(client, topic, offset)
    assert.equal(answer.errorCode, 0)
    assert.equal(answer.highWatermark, 6)
    assert.equal(answer.lastStableOffset, 6)
    assert.equal(answer.logStartOffset, 0)
    const skipped = offset < 2 ? 0 : offset < 3 ? 2 : 3
    assert.deepEqual(valuesOf(answer.records), first.slice(skipped))
  }
  const atEnd = await fetchFrom(client, topic, 6)
  assert.equal(atEnd.errorCode, 0)
  assert.deepEqual(valuesOf(atEnd.records), [])
})

for (const offset of [7, 100, -1]) {
  test(`offset ${offset} of six is out of range, at once`, async t => {
    const { client, topic } = await start(t, [['a', 'b', 'c', 'd', 'e', 'f']])
    const answer = await fetchFrom(client, topic, offset, longWait)
    assert.equal(errorName(answer.errorCode), 'OFFSET_OUT_OF_RANGE')
    assert.equal(answer.records?.length ?? 0, 0)
  })
}

test('an offset before the log start is out of range', async t => {
  const { client, topic } = await start(t, [
    ['a', 'b'],
    ['c', 'd'],
  ])
  await client.ask(deleteRecords, 2, {
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset: 3 }] }],
    timeoutMs: 10_000,
  })
  assert.equal(errorName((await fetchFrom(client, topic, 2)).errorCode), 'OFFSET_OUT_OF_RANGE')
  const answer = await fetchFrom(client, topic, 3)
  assert.equal(answer.logStartOffset, 3)
  // Batches are whole: the client skips what it did not ask for.
  assert.deepEqual(valuesOf(answer.records), ['c', 'd'])
})

test('a fetch waits until there are records', async t => {
  const { broker, client, topic } = await start(t)
  const answering = fetchFrom(client, topic, 0, longWait)
  const producer = await broker.connect()
  await turn(producer)
  await produceTo(producer, topic, batchOf(['a']))
  assert.deepEqual(valuesOf((await answering).records), ['a'])
})

test('a fetch waits until there are as many bytes as it wants', async t => {
  const { broker, client, topic } = await start(t)
  const batchBytes = batchOf(['a']).length
  const answering = fetchFrom(client, topic, 0, { ...longWait, minBytes: 2 * batchBytes + 1 })
  const producer = await broker.connect()
  for (const value of ['a', 'b', 'c']) {
    await turn(producer)
    await produceTo(producer, topic, batchOf([value]))
  }
  assert.deepEqual(valuesOf((await answering).records), ['a', 'b', 'c'])
})

test('bytes of all partitions count together', async t => {
  const { broker, client, topic } = await start(t, [], 2)
  const batchBytes = batchOf(['a']).length
  const partitions = [0, 1].map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 }))
  const answering = client.ask(fetch, 12, {
    ...longWait,
    minBytes: 2 * batchBytes,
    topics: [{ topic, partitions }],
  })
  const producer = await broker.connect()
  await turn(producer)
  await produceTo(producer, topic, batchOf(['a']), { partition: 0 })
  await produceTo(producer, topic, batchOf(['b']), { partition: 1 })
  const answered = (await answering).responses[0]!.partitions
  assert.deepEqual(
    answered.map(each => [each.partitionIndex, valuesOf(each.records)]),
    [
      [0, ['a']],
      [1, ['b']],
    ],
  )
})

test('a fetch gives what there is when its time is over', async t => {
  const { client, topic } = await start(t, [['a']])
  for (const [offset, values] of [
    [0, ['a']],
    [1, []],
  ] as const) {
    const begin = performance.now()
    const answer = await fetchFrom(client, topic, offset, { maxWaitMs: 150, minBytes: 1_000_000 })
    const waitedMs = performance.now() - begin
    assert.ok(waitedMs >= 140, `${waitedMs} ms`)
    assert.ok(waitedMs < 5000, `${waitedMs} ms`)
    assert.equal(answer.errorCode, 0)
    assert.deepEqual(valuesOf(answer.records), values)
  }
})

test('nothing is waited for with a wait of 0 or less, nor with no minimum', async t => {
  const { client, topic } = await start(t)
  assert.equal((await fetchFrom(client, topic, 0, { maxWaitMs: 0, minBytes: 1000 })).errorCode, 0)
  assert.equal((await fetchFrom(client, topic, 0, { maxWaitMs: -1, minBytes: 1000 })).errorCode, 0)
  assert.equal((await fetchFrom(client, topic, 0, { ...longWait, minBytes: 0 })).errorCode, 0)
})

test('a request without partitions is answered at once', async t => {
  const { client } = await start(t)
  const answer = await client.ask(fetch, 12, { ...longWait, minBytes: 1, topics: [] })
  assert.equal(answer.errorCode, 0)
  assert.deepEqual(answer.responses, [])
})

test('the limit of a partition', async t => {
  const { client, topic } = await start(t, [['a'], ['b'], ['c']])
  const batchBytes = batchOf(['a']).length
  const valuesWithin = async (partitionMaxBytes: number) => {
    const { records } = await fetchFrom(client, topic, 0, { partition: { partitionMaxBytes } })
    assert.ok(records!.length <= Math.max(partitionMaxBytes, batchBytes))
    return valuesOf(records)
  }
  // The first batch is given whole, whatever its size: else a reader could never pass it.
  assert.deepEqual(await valuesWithin(0), ['a'])
  assert.deepEqual(await valuesWithin(1), ['a'])
  assert.deepEqual(await valuesWithin(2 * batchBytes - 1), ['a'])
  assert.deepEqual(await valuesWithin(2 * batchBytes), ['a', 'b'])
  assert.deepEqual(await valuesWithin(1000), ['a', 'b', 'c'])
})

test('the limit of all partitions together', async t => {
  const { client, topic } = await start(t, [], 3)
  for (const partition of [0, 1, 2])
    for (const value of ['a', 'b']) await produceTo(client, topic, batchOf([value]), { partition })
  const batchBytes = batchOf(['a']).length
  const countsWithin = async (maxBytes: number, order = [0, 1, 2]) => {
    const partitions = order.map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes: 10_000 }))
    const request = { maxWaitMs: 0, minBytes: 1, maxBytes, topics: [{ topic, partitions }] }
    const answer = await client.ask(fetch, 12, request)
    return answer.responses[0]!.partitions.map(each => [each.partitionIndex, valuesOf(each.records).length])
  }
  const all = (...counts: readonly number[]) => counts.map((count, partition) => [partition, count])
  assert.deepEqual(await countsWithin(100_000), all(2, 2, 2))
  assert.deepEqual(await countsWithin(3 * batchBytes), all(2, 1, 0))
  // In the order of the request, and one batch in any case.
  assert.deepEqual(await countsWithin(1), all(1, 0, 0))
  assert.deepEqual(await countsWithin(1, [2, 0, 1]), [
    [2, 1],
    [0, 0],
    [1, 0],
  ])
})

test('a batch that is larger than all limits is given whole', async t => {
  const { client, topic } = await start(t, [['x'.repeat(500_000)], ['small']])
  const { records } = await fetchFrom(client, topic, 0, {
    maxBytes: 10,
    partition: { partitionMaxBytes: 10 },
  })
  assert.deepEqual(
    valuesOf(records).map(value => value!.length),
    [500_000],
  )
})

for (const isolationLevel of [0, 1]) {
  test(`isolation level ${isolationLevel}: all is committed while there are no transactions`, async t => {
    const { client, topic } = await start(t, [['a'], ['b']])
    const answer = await fetchFrom(client, topic, 0, { isolationLevel })
    assert.deepEqual(valuesOf(answer.records), ['a', 'b'])
    assert.equal(answer.lastStableOffset, 2)
    assert.deepEqual(answer.abortedTransactions ?? [], [])
  })
}

test('leader epochs: the right one, one to come, and none', async t => {
  const { client, topic } = await start(t, [['a']])
  const errorWith = async (currentLeaderEpoch: number) =>
    errorName((await fetchFrom(client, topic, 0, { partition: { currentLeaderEpoch } })).errorCode)
  assert.equal(await errorWith(0), 'NONE')
  assert.equal(await errorWith(-1), 'NONE')
  assert.equal(await errorWith(1), 'UNKNOWN_LEADER_EPOCH')
})

test('a reader that is ahead of its epoch is told where that ends', async t => {
  const { client, topic } = await start(t, [['a', 'b']])
  const divergingAt = async (fetchOffset: number, lastFetchedEpoch: number) => {
    const answer = await fetchFrom(client, topic, fetchOffset, {
      ...longWait,
      minBytes: 0,
      partition: { lastFetchedEpoch },
    })
    assert.equal(answer.errorCode, 0)
    return [answer.divergingEpoch, valuesOf(answer.records).length]
  }
  const none = { epoch: -1, endOffset: -1 }
  assert.deepEqual(await divergingAt(0, 0), [none, 2])
  assert.deepEqual(await divergingAt(2, 0), [none, 0])
  assert.deepEqual(await divergingAt(3, 0), [{ epoch: 0, endOffset: 2 }, 0])
})

test('topics and partitions that do not exist', async t => {
  const { client, topic } = await start(t, [['a']])
  const error = async (name: string, partition: number) =>
    errorName((await fetchFrom(client, name, 0, { ...longWait, partition: { partition } })).errorCode)
  assert.equal(await error(`${topic}-other`, 0), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await error(topic, 1), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(await error(topic, -1), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('topics by id', async t => {
  const { client, topicId } = await start(t, [['a']])
  const ask = async (id: string) => {
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }]
    const answer = await client.ask(fetch, 13, {
      ...longWait,
      minBytes: 1,
      topics: [{ topicId: id, partitions }],
    })
    assert.equal(answer.responses[0]!.topicId, id)
    const [partition] = answer.responses[0]!.partitions
    return [errorName(partition!.errorCode), valuesOf(partition!.records)]
  }
  assert.deepEqual(await ask(topicId), ['NONE', ['a']])
  assert.deepEqual(await ask('abcdefghijklmnopqrstuA'), ['UNKNOWN_TOPIC_ID', []])
})

test('a partition that cannot be read does not keep the others from being read', async t => {
  const { client, topic } = await start(t, [['a']])
  const partitions = [9, 0].map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 }))
  const answer = await client.ask(fetch, 12, { ...longWait, minBytes: 1, topics: [{ topic, partitions }] })
  const answered = answer.responses.flatMap(each => each.partitions)
  assert.deepEqual(
    answered
      .map(each => [each.partitionIndex, errorName(each.errorCode), valuesOf(each.records)])
      .sort((a, b) => Number(a[0]) - Number(b[0])),
    [
      [0, 'NONE', ['a']],
      [9, 'UNKNOWN_TOPIC_OR_PARTITION', []],
    ],
  )
})

test('what does not exist does not end the wait for what does', async t => {
  const { broker, client, topic } = await start(t)
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }]
  const answering = client.ask(fetch, 12, {
    ...longWait,
    minBytes: 1,
    topics: [
      { topic: `${topic}-other`, partitions },
      { topic, partitions: [...partitions, { partition: 9 }] },
    ],
  })
  const producer = await broker.connect()
  await turn(producer)
  await produceTo(producer, topic, batchOf(['a']))
  const answered = (await answering).responses.flatMap(each => each.partitions)
  assert.deepEqual(
    answered.map(each => String(errorName(each.errorCode))).sort((a, b) => a.localeCompare(b)),
    ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION'],
  )
  assert.deepEqual(
    answered.flatMap(each => valuesOf(each.records)),
    ['a'],
  )
})

for (const version of [12, 13]) {
  test(`v${version}: a topic is deleted while a fetch waits for it`, async t => {
    const { broker, client, topic, topicId } = await start(t)
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }]
    const answering = client.ask(fetch, version, {
      ...longWait,
      minBytes: 1,
      topics: [{ ...(version < 13 ? { topic } : { topicId }), partitions }],
    })
    const admin = await broker.connect()
    await turn(admin)
    await admin.ask(deleteTopics, 6, { topics: [{ name: topic }], timeoutMs: 10_000 })
    const begin = performance.now()
    const [answered] = (await answering).responses[0]!.partitions
    assert.ok(performance.now() - begin < 10_000)
    const error = errorName(answered!.errorCode)
    const expected = ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'NOT_LEADER_OR_FOLLOWER']
    assert.ok(expected.includes(error!), String(error))
  })
}

test('a fetch that waits does not hold up other connections, and holds up its own', async t => {
  const { broker, client, topic } = await start(t)
  const answered: string[] = []
  const waiting = client.ask(fetch, 12, fetchRequest(topic, 0, longWait)).then(() => answered.push('fetch'))
  const behind = client.ask(apiVersions, 0, {}).then(() => answered.push('behind'))
  const other = await broker.connect()
  await turn(other)
  answered.push('other')
  await produceTo(other, topic, batchOf(['a']))
  await Promise.all([waiting, behind])
  assert.deepEqual(answered, ['other', 'fetch', 'behind'])
})

test('many fetches wait at once, and one record answers them all', async t => {
  const { broker, topic } = await start(t)
  const readers = await Promise.all(Array.from({ length: 50 }, () => broker.connect()))
  const answering = readers.map(reader => fetchFrom(reader, topic, 0, longWait))
  const producer = await broker.connect()
  await turn(producer)
  producer.send(produce, 11, produceRequest(topic, batchOf(['a']), { acks: 0 }))
  for (const answer of await Promise.all(answering)) assert.deepEqual(valuesOf(answer.records), ['a'])
})

test('fetch.max.bytes bounds what a client may ask for', async t => {
  const client = await (await TestBroker.start(t, { set: { 'fetch.max.bytes': '1024' } })).connect()
  await createTopic(client, 'topic')
  for (let count = 0; count < 5; count++) await produceTo(client, 'topic', batchOf(['x'.repeat(400)]))
  const { records } = await fetchFrom(client, 'topic', 0)
  assert.equal(batchesOf(records!).length, 2)
})

test('a reader that goes away while it waits leaves nothing behind', async t => {
  const broker = await TestBroker.start(t, { set: {} })
  const client = await broker.connect()
  await createTopic(client, 'topic')
  client.send(fetch, 12, fetchRequest('topic', 0, longWait))
  const other = await broker.connect()
  await turn(other)
  await client.close()
  await produceTo(other, 'topic', batchOf(['a']))
  assert.equal(broker.broker.connectionCount, 1)
  assert.deepEqual(
    broker.lines.filter(line => line.level === 'error'),
    [],
  )
})
