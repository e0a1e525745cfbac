/** Fetch sessions (KIP-227): after a full request only what changes is asked and answered. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { errorName } from '#protocol/error-codes.ts'
import { deleteRecords } from '#protocol/messages/delete-records.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import { fetch } from '#protocol/messages/fetch.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { batchOf, createTopic, produceTo, valuesOf } from '../support/records.ts'

interface Setting {
  readonly broker: TestBroker
  readonly client: RawClient
  readonly topic: string
  readonly topicId: string
}

async function start(t: TestContext): Promise<Setting> {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('topic')
  return { broker, client, topic, topicId: await createTopic(client, topic, { partitions: 3 }) }
}

/** One request of a session, in version 12, without waiting. `offsets` are by partition. */
async function ask(
  client: RawClient,
  topic: string,
  sessionId: number,
  sessionEpoch: number,
  offsets: Record<number, number> = {},
  forgotten: readonly number[] = [],
) {
  const partitions = Object.entries(offsets).map(([partition, fetchOffset]) => ({
    partition: Number(partition),
    fetchOffset,
    partitionMaxBytes: 1000,
  }))
  const answer = await client.ask(fetch, 12, {
    maxWaitMs: 0,
    minBytes: 0,
    sessionId,
    sessionEpoch,
    topics: partitions.length === 0 ? [] : [{ topic, partitions }],
    forgottenTopicsData: forgotten.length === 0 ? [] : [{ topic, partitions: forgotten }],
  })
  const news: Record<number, string> = {}
  for (const each of answer.responses.flatMap(response => response.partitions)) {
    news[each.partitionIndex] =
      each.errorCode === 0 ? valuesOf(each.records).join('') : errorName(each.errorCode)!
  }
  return { error: errorName(answer.errorCode), sessionId: answer.sessionId, news }
}

test('an incremental answer has the partitions with news only', async t => {
  const { client, topic } = await start(t)
  const full = await ask(client, topic, 0, 0, { 0: 0, 1: 0, 2: 0 })
  assert.equal(full.error, 'NONE')
  assert.ok(full.sessionId > 0)
  assert.deepEqual(full.news, { 0: '', 1: '', 2: '' })
  const id = full.sessionId

  assert.deepEqual(await ask(client, topic, id, 1), { error: 'NONE', sessionId: id, news: {} })
  await produceTo(client, topic, batchOf(['a']), { partition: 1 })
  assert.deepEqual((await ask(client, topic, id, 2)).news, { 1: 'a' })
  // It has not been told that the client is further: the records are given again.
  assert.deepEqual((await ask(client, topic, id, 3)).news, { 1: 'a' })
  assert.deepEqual((await ask(client, topic, id, 4, { 1: 1 })).news, {})
  await produceTo(client, topic, batchOf(['b']), { partition: 1 })
  await produceTo(client, topic, batchOf(['c']), { partition: 2 })
  assert.deepEqual((await ask(client, topic, id, 5)).news, { 1: 'b', 2: 'c' })
})

test('a log start that moves is news', async t => {
  const { client, topic } = await start(t)
  await produceTo(client, topic, batchOf(['a']), { partition: 0 })
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 1, 1: 0 })
  assert.deepEqual((await ask(client, topic, sessionId, 1)).news, {})
  await client.ask(deleteRecords, 2, {
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset: 1 }] }],
    timeoutMs: 10_000,
  })
  assert.deepEqual((await ask(client, topic, sessionId, 2)).news, { 0: '' })
  assert.deepEqual((await ask(client, topic, sessionId, 3)).news, {})
})

test('partitions are added to a session, and forgotten', async t => {
  const { client, topic } = await start(t)
  for (const partition of [0, 1, 2]) await produceTo(client, topic, batchOf([`${partition}`]), { partition })
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 0 })
  assert.deepEqual((await ask(client, topic, sessionId, 1, { 2: 0 })).news, { 0: '0', 2: '2' })
  assert.deepEqual((await ask(client, topic, sessionId, 2, {}, [0])).news, { 2: '2' })
  assert.deepEqual((await ask(client, topic, sessionId, 3, { 1: 0 }, [2])).news, { 1: '1' })
})

test('a session without partitions left is over', async t => {
  const { client, topic } = await start(t)
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 0 })
  const last = await ask(client, topic, sessionId, 1, {}, [0])
  assert.deepEqual(last, { error: 'NONE', sessionId: 0, news: {} })
  assert.equal((await ask(client, topic, sessionId, 2)).error, 'FETCH_SESSION_ID_NOT_FOUND')
})

test('an error is told every time', async t => {
  const { client, topic } = await start(t)
  const { sessionId, news } = await ask(client, topic, 0, 0, { 0: 5, 1: 0 })
  assert.deepEqual(news, { 0: 'OFFSET_OUT_OF_RANGE', 1: '' })
  assert.deepEqual((await ask(client, topic, sessionId, 1)).news, { 0: 'OFFSET_OUT_OF_RANGE' })
  assert.deepEqual((await ask(client, topic, sessionId, 2, { 0: 0 })).news, { 0: '' })
  assert.deepEqual((await ask(client, topic, sessionId, 3)).news, {})
})

test('a request with another epoch is refused, and the session goes on', async t => {
  const { client, topic } = await start(t)
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 0 })
  for (const epoch of [2, 100, 2 ** 31 - 1]) {
    assert.deepEqual(await ask(client, topic, sessionId, epoch), {
      error: 'INVALID_FETCH_SESSION_EPOCH',
      sessionId: 0,
      news: {},
    })
  }
  assert.equal((await ask(client, topic, sessionId, 1)).error, 'NONE')
  // The same again is old now.
  assert.equal((await ask(client, topic, sessionId, 1)).error, 'INVALID_FETCH_SESSION_EPOCH')
  assert.equal((await ask(client, topic, sessionId, 2)).error, 'NONE')
})

test('an unknown session is refused', async t => {
  const { client, topic } = await start(t)
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 0 })
  for (const [id, epoch] of [
    [sessionId ^ 1, 1],
    [0, 1],
    [-1, 1],
  ] as const)
    assert.equal((await ask(client, topic, id, epoch, { 0: 0 })).error, 'FETCH_SESSION_ID_NOT_FOUND')
})

test('a full request with the id of a session ends that and opens another', async t => {
  const { client, topic } = await start(t)
  const first = await ask(client, topic, 0, 0, { 0: 0 })
  const second = await ask(client, topic, first.sessionId, 0, { 0: 0 })
  assert.ok(second.sessionId > 0)
  assert.notEqual(second.sessionId, first.sessionId)
  assert.equal((await ask(client, topic, first.sessionId, 1)).error, 'FETCH_SESSION_ID_NOT_FOUND')
  assert.equal((await ask(client, topic, second.sessionId, 1)).error, 'NONE')
})

test('a request with epoch -1 ends its session', async t => {
  const { client, topic } = await start(t)
  await produceTo(client, topic, batchOf(['a']))
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 0 })
  const last = await ask(client, topic, sessionId, -1, { 0: 0 })
  assert.deepEqual(last, { error: 'NONE', sessionId: 0, news: { 0: 'a' } })
  assert.equal((await ask(client, topic, sessionId, 1)).error, 'FETCH_SESSION_ID_NOT_FOUND')
})

test('a session goes over every connection', async t => {
  const { broker, client, topic } = await start(t)
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 0 })
  await client.close()
  assert.equal((await ask(await broker.connect(), topic, sessionId, 1)).error, 'NONE')
})

test('a session is of topic names or of topic ids', async t => {
  const { client, topic, topicId } = await start(t)
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 0 })
  const partitions = [{ partition: 1, fetchOffset: 0, partitionMaxBytes: 1000 }]
  const answer = await client.ask(fetch, 13, {
    maxWaitMs: 0,
    minBytes: 0,
    sessionId,
    sessionEpoch: 1,
    topics: [{ topicId, partitions }],
  })
  assert.equal(errorName(answer.errorCode), 'FETCH_SESSION_TOPIC_ID_ERROR')
})

test('a partition that had records is served after the others', async t => {
  const { client, topic } = await start(t)
  for (const partition of [0, 1, 2])
    for (const value of ['a', 'b']) await produceTo(client, topic, batchOf([value]), { partition })
  const order = async (sessionId: number, sessionEpoch: number, all: boolean) => {
    const answer = await client.ask(fetch, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      // Room for one batch.
      maxBytes: 1,
      sessionId,
      sessionEpoch,
      topics: all
        ? [{ topic, partitions: [0, 1, 2].map(partition => ({ partition, partitionMaxBytes: 1000 })) }]
        : [],
    })
    const served = answer.responses
      .flatMap(each => each.partitions)
      .filter(each => (each.records?.length ?? 0) > 0)
    return { sessionId: answer.sessionId, served: served.map(each => each.partitionIndex) }
  }
  const { sessionId, served } = await order(0, 0, true)
  assert.deepEqual(served, [0])
  const later = []
  for (let epoch = 1; epoch <= 3; epoch++) later.push(...(await order(sessionId, epoch, false)).served)
  assert.equal(new Set(later).size, 3)
})

test('a deleted topic is told in every answer', async t => {
  const { broker, client, topic } = await start(t)
  const other = broker.name('other')
  await createTopic(client, other)
  const { sessionId } = await ask(client, topic, 0, 0, { 0: 0 })
  await client.ask(deleteTopics, 6, { topics: [{ name: topic }], timeoutMs: 10_000 })
  const first = await ask(client, topic, sessionId, 1)
  assert.deepEqual(first.news, { 0: 'UNKNOWN_TOPIC_OR_PARTITION' })
  assert.deepEqual((await ask(client, topic, sessionId, 2)).news, { 0: 'UNKNOWN_TOPIC_OR_PARTITION' })
})

test('when there are too many sessions the oldest goes, once it is old enough', async t => {
  const clock = new FakeClock()
  const set = { 'max.incremental.fetch.session.cache.slots': '2' }
  const client = await (await TestBroker.start(t, { set, clock })).connect()
  await createTopic(client, 'topic')
  const open = async () => (await ask(client, 'topic', 0, 0, { 0: 0 })).sessionId
  const [first, second] = [await open(), await open()]
  assert.ok(first > 0 && second > 0)
  // No room: the request is answered, without a session.
  assert.equal(await open(), 0)
  await clock.advance(119_000)
  assert.equal((await ask(client, 'topic', first, 1)).error, 'NONE')
  await clock.advance(2_000)
  // The second was not used for two minutes.
  const third = await open()
  assert.ok(third > 0)
  assert.equal((await ask(client, 'topic', second, 1)).error, 'FETCH_SESSION_ID_NOT_FOUND')
  assert.equal((await ask(client, 'topic', first, 2)).error, 'NONE')
  assert.equal(await open(), 0)
})
