/** DescribeTopicPartitions: topics in pages, by name. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { zeroUuid } from '#base/random.ts'
import { errorName } from '#protocol/error-codes.ts'
import { describeTopicPartitions } from '#protocol/messages/describe-topic-partitions.ts'
import type { DescribeTopicPartitionsRequest } from '#protocol/messages/describe-topic-partitions.ts'
import type { Input } from '#protocol/schema.ts'
import { TestBroker, type TestBrokerOptions } from '../support/broker.ts'
import { startWithOfflinePartition } from '../support/offline.ts'
import type { RawClient } from '../support/raw-client.ts'
import { createTopic } from '../support/records.ts'

type Request = Input<typeof DescribeTopicPartitionsRequest>

/** Three partitions in `a`, two in `b`. */
async function start(t: TestContext, options: TestBrokerOptions = {}) {
  const broker = await TestBroker.start(t, options)
  const client = await broker.connect()
  const base = broker.name('pages')
  const [a, b] = [`${base}-a`, `${base}-b`]
  await createTopic(client, b, { partitions: 2 })
  const topicId = await createTopic(client, a, { partitions: 3 })
  return { broker, client, a, b, topicId }
}

/** 'TOPIC: PARTITION...' or 'TOPIC: ERROR' for each topic, and the cursor as 'TOPIC/PARTITION'. */
async function pageOf(client: RawClient, names: readonly string[], request: Request = {}) {
  const { topics, nextCursor } = await client.ask(describeTopicPartitions, 0, {
    topics: names.map(name => ({ name })),
    ...request,
  })
  return {
    topics: topics.map(({ name, errorCode, partitions }) =>
      [
        `${name}:`,
        ...(errorCode === 0 ? partitions.map(each => each.partitionIndex) : [errorName(errorCode)]),
      ].join(' '),
    ),
    next: nextCursor === null ? undefined : `${nextCursor.topicName}/${nextCursor.partitionIndex}`,
  }
}

test('a topic with all that is known of it', async t => {
  const { client, a, topicId } = await start(t)
  const { topics, nextCursor } = await client.ask(describeTopicPartitions, 0, { topics: [{ name: a }] })
  assert.deepEqual(topics, [
    {
      errorCode: 0,
      name: a,
      topicId,
      isInternal: false,
      partitions: [0, 1, 2].map(partitionIndex => ({
        errorCode: 0,
        partitionIndex,
        leaderId: 1,
        leaderEpoch: 0,
        replicaNodes: [1],
        isrNodes: [1],
        eligibleLeaderReplicas: [],
        lastKnownElr: [],
        offlineReplicas: [],
      })),
      // Without being asked for: READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS
      topicAuthorizedOperations: 3576,
    },
  ])
  assert.equal(nextCursor, null)
})

test('in the order of the names, each once', async t => {
  const { client, a, b } = await start(t)
  const both = { topics: [`${a}: 0 1 2`, `${b}: 0 1`], next: undefined }
  assert.deepEqual(await pageOf(client, [b, a]), both)
  assert.deepEqual(await pageOf(client, [a, b, a, b, b]), both)
})

test('all topics where none is named', async t => {
  const { client, a, b } = await start(t)
  const cursor = { topicName: a, partitionIndex: 2 }
  assert.deepEqual(await pageOf(client, [], { cursor, responsePartitionLimit: 2 }), {
    topics: [`${a}: 2`, `${b}: 0`],
    next: `${b}/1`,
  })
  // A topic that is gone since: its partition does not count for the next one.
  const gone = { topicName: `${a}a`, partitionIndex: 1 }
  assert.deepEqual((await pageOf(client, [], { cursor: gone, responsePartitionLimit: 2 })).topics, [
    `${b}: 0 1`,
  ])
  assert.deepEqual(await pageOf(client, [], { cursor: { topicName: '~', partitionIndex: 0 } }), {
    topics: [],
    next: undefined,
  })
})

test('a page ends at its limit of partitions', async t => {
  const { client, a, b } = await start(t)
  const page = async (responsePartitionLimit: number) => {
    const { topics, next } = await pageOf(client, [a, b], { responsePartitionLimit })
    return [...topics, next]
  }
  // What is less than one is one.
  for (const limit of [-1, 0, 1]) assert.deepEqual(await page(limit), [`${a}: 0`, `${a}/1`])
  assert.deepEqual(await page(2), [`${a}: 0 1`, `${a}/2`])
  assert.deepEqual(await page(3), [`${a}: 0 1 2`, `${b}/0`])
  assert.deepEqual(await page(4), [`${a}: 0 1 2`, `${b}: 0`, `${b}/1`])
  for (const limit of [5, 6, 2 ** 31 - 1]) {
    assert.deepEqual(await page(limit), [`${a}: 0 1 2`, `${b}: 0 1`, undefined])
  }
})

test('pages one after the other have everything once', async t => {
  const { client, a, b } = await start(t)
  const pages: string[][] = []
  let cursor: Request['cursor'] = null
  do {
    const answer: Awaited<ReturnType<typeof pageOf>> = await pageOf(client, [b, a], {
      cursor,
      responsePartitionLimit: 2,
    })
    pages.push(answer.topics)
    const [topicName, partition] = answer.next?.split('/') ?? []
    cursor = topicName === undefined ? null : { topicName, partitionIndex: Number(partition) }
  } while (cursor !== null)
  assert.deepEqual(pages, [[`${a}: 0 1`], [`${a}: 2`, `${b}: 0`], [`${b}: 1`]])
})

test('a cursor behind the last partition', async t => {
  const { client, a, b } = await start(t)
  for (const partitionIndex of [3, 99]) {
    assert.deepEqual(await pageOf(client, [a, b], { cursor: { topicName: a, partitionIndex } }), {
      topics: [`${a}:`, `${b}: 0 1`],
      next: undefined,
    })
  }
})

test('a cursor that belongs to none of the topics, or to no partition, is refused for all', async t => {
  const { client, a, b } = await start(t)
  const refused = { topics: [`${b}: INVALID_REQUEST`, `${a}: INVALID_REQUEST`], next: undefined }
  for (const cursor of [
    { topicName: a, partitionIndex: -1 },
    { topicName: `${a}a`, partitionIndex: 0 },
    { topicName: '', partitionIndex: 0 },
  ]) {
    assert.deepEqual(await pageOf(client, [b, a], { cursor }), refused)
  }
  const { topics } = await client.ask(describeTopicPartitions, 0, {
    topics: [{ name: a }],
    cursor: { topicName: b, partitionIndex: 0 },
  })
  assert.equal(topics[0]!.topicAuthorizedOperations, -(2 ** 31))
  assert.equal(topics[0]!.topicId, zeroUuid)
})

test('topics that do not exist take no room in a page', async t => {
  const { client, a, b } = await start(t)
  const unknown = `${a}a`
  assert.deepEqual(await pageOf(client, ['!', unknown, b, a], { responsePartitionLimit: 4 }), {
    topics: [
      '!: INVALID_TOPIC_EXCEPTION',
      `${a}: 0 1 2`,
      `${unknown}: UNKNOWN_TOPIC_OR_PARTITION`,
      `${b}: 0`,
    ],
    next: `${b}/1`,
  })
  // They are in the order like the others.
  assert.deepEqual(await pageOf(client, [a, unknown], { responsePartitionLimit: 3 }), {
    topics: [`${a}: 0 1 2`],
    next: `${unknown}/0`,
  })
  const cursor = { topicName: unknown, partitionIndex: 1 }
  assert.deepEqual(await pageOf(client, [unknown, b], { cursor }), {
    topics: [`${unknown}: UNKNOWN_TOPIC_OR_PARTITION`, `${b}: 0 1`],
    next: undefined,
  })
})

test('a name that is reserved tells that it is', async t => {
  const client = await (await TestBroker.start(t)).connect()
  const { topics } = await client.ask(describeTopicPartitions, 0, {
    topics: [{ name: '__share_group_state' }],
  })
  assert.equal(errorName(topics[0]!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(topics[0]!.isInternal, true)
})

test('max.request.partition.size.limit is above what a client asks for', async t => {
  const { client, a } = await start(t, { set: { 'max.request.partition.size.limit': '2' } })
  assert.deepEqual(await pageOf(client, [a]), { topics: [`${a}: 0 1`], next: `${a}/2` })
  assert.deepEqual(await pageOf(client, [a], { responsePartitionLimit: 1 }), {
    topics: [`${a}: 0`],
    next: `${a}/1`,
  })
})

test('a partition whose files cannot be used is led by nobody', async t => {
  const { client, topic } = await startWithOfflinePartition(t)
  const { topics } = await client.ask(describeTopicPartitions, 0, { topics: [{ name: topic }] })
  assert.deepEqual(
    topics[0]!.partitions.map(each => [errorName(each.errorCode), each.leaderId, each.offlineReplicas]),
    [
      ['NONE', 1, []],
      ['LEADER_NOT_AVAILABLE', -1, [1]],
    ],
  )
})
