/** CreateTopics, CreatePartitions and DeleteTopics through their bytes. What is expected is what Kafka 4.3.1 answered. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { zeroUuid } from '#base/random.ts'
import { errorName } from '#protocol/error-codes.ts'
import { createPartitions } from '#protocol/messages/create-partitions.ts'
import { createTopics } from '#protocol/messages/create-topics.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import { ask } from '../../../test/support/handlers.ts'
import { openMetadata } from '../../../test/support/metadata.ts'
import type { Metadata } from '../../../test/support/metadata.ts'
import { createPartitionsHandler } from './create-partitions.ts'
import { createTopicsHandler } from './create-topics.ts'
import { deleteTopicsHandler } from './delete-topics.ts'

interface Topic {
  name: string
  numPartitions?: number
  replicationFactor?: number
  assignments?: { partitionIndex: number; brokerIds: number[] }[]
  configs?: { name: string; value: string | null }[]
}

async function create(metadata: Metadata, version: number, ...topics: Topic[]) {
  const request = {
    topics: topics.map(topic => ({ numPartitions: -1, replicationFactor: -1, ...topic })),
    timeoutMs: 1000,
    validateOnly: false,
  }
  return (await ask(metadata, createTopicsHandler, createTopics, version, request)).topics
}

async function remove(metadata: Metadata, version: number, request: object) {
  return (await ask(metadata, deleteTopicsHandler, deleteTopics, version, { timeoutMs: 1, ...request }))
    .responses
}

async function grow(
  metadata: Metadata,
  ...topics: { name: string; count: number; brokerIds?: number[][] }[]
) {
  const request = {
    topics: topics.map(({ name, count, brokerIds }) => ({
      name,
      count,
      assignments: brokerIds?.map(ids => ({ brokerIds: ids })) ?? null,
    })),
    timeoutMs: 1000,
    validateOnly: false,
  }
  return (await ask(metadata, createPartitionsHandler, createPartitions, 3, request)).results
}

const manual = (...lists: [partition: number, brokerIds: number[]][]): NonNullable<Topic['assignments']> =>
  lists.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds }))

describe('CreateTopics', () => {
  test('answers with id, partitions and settings', async () => {
    const metadata = await openMetadata({ 'num.partitions': '3' })
    const configs = [{ name: 'retention.ms', value: '5' }]
    const [answer] = await create(metadata, 7, { name: 'orders', configs })
    assert.equal(answer?.errorCode, 0)
    assert.equal(answer.errorMessage, null)
    assert.equal(answer.topicConfigErrorCode, 0)
    assert.equal(answer.topicId, metadata.topics.image().topicsByName.get('orders')?.topicId)
    assert.deepEqual([answer.numPartitions, answer.replicationFactor, answer.configs?.length], [3, 1, 33])
    assert.deepEqual(
      answer.configs?.find(config => config.name === 'retention.ms'),
      { name: 'retention.ms', value: '5', readOnly: false, configSource: 1, isSensitive: false },
    )
    const [old] = await create(metadata, 2, { name: 'payments' })
    assert.deepEqual([old?.errorCode, old?.numPartitions, old?.topicId], [0, -1, zeroUuid])
  })

  const refused: [string, Partial<Topic>, string, RegExp][] = [
    ['no partitions', { numPartitions: 0 }, 'INVALID_PARTITIONS', /invalid non-positive value/],
    ['no replica', { replicationFactor: 0 }, 'INVALID_REPLICATION_FACTOR', /must be larger than 0, or -1/],
    ['three replicas', { replicationFactor: 3 }, 'INVALID_REPLICATION_FACTOR', /of 3 cannot be reached/],
    ['too many', { numPartitions: 10_001 }, 'POLICY_VIOLATION', /Excessively large number of partitions/],
    [
      'unknown setting',
      { numPartitions: 0, configs: [{ name: 'foo', value: '1' }] },
      'INVALID_CONFIG',
      /foo/,
    ],
    ['null setting', { configs: [{ name: 'a', value: null }] }, 'INVALID_CONFIG', /Null value not supported/],
    ['gap', { assignments: manual([0, [1]], [2, [1]]) }, 'INVALID_REPLICA_ASSIGNMENT', /consecutive 0-based/],
    ['repeated', { assignments: manual([0, [1]], [0, [1]]) }, 'INVALID_REPLICA_ASSIGNMENT', /Found multiple/],
    ['nobody', { assignments: manual([0, []]) }, 'INVALID_REPLICA_ASSIGNMENT', /empty replica list/],
    ['stranger', { assignments: manual([0, [77]]) }, 'INVALID_REPLICA_ASSIGNMENT', /broker 77, but no such/],
    ['twice', { assignments: manual([0, [1, 1]]) }, 'INVALID_REPLICA_ASSIGNMENT', /more than once/],
    [
      'count too',
      { numPartitions: 1, assignments: manual([0, [1]]) },
      'INVALID_REQUEST',
      /numPartitions was not/,
    ],
    [
      'factor too',
      { replicationFactor: 1, assignments: manual([0, [1]]) },
      'INVALID_REQUEST',
      /replication fact/,
    ],
    ['metadata', { name: '__cluster_metadata' }, 'INVALID_REQUEST', /Creation of internal topic/],
    ['offsets', { name: '__consumer_offsets' }, 'TOPIC_ALREADY_EXISTS', /internal/],
    ['illegal', { name: 'a b' }, 'INVALID_TOPIC_EXCEPTION', /one or more characters other than/],
    ['existing', { name: 'a.b' }, 'TOPIC_ALREADY_EXISTS', /Topic 'a.b' already exists./],
    ['colliding', { name: 'a_b' }, 'INVALID_TOPIC_EXCEPTION', /collides with existing topic: a.b/],
  ]
  for (const [label, topic, error, message] of refused) {
    test(`refuses ${label} with ${error}`, async () => {
      const metadata = await openMetadata()
      await create(metadata, 7, { name: 'a.b' })
      const [answer] = await create(metadata, 7, { name: 'new', ...topic })
      assert.equal(errorName(answer!.errorCode), error)
      assert.match(answer?.errorMessage ?? '', message)
      assert.equal(metadata.topics.image().topicsByName.size, 1)
    })
  }

  test('takes an assignment to this broker', async () => {
    const [answer] = await create(await openMetadata(), 7, {
      name: 'a',
      assignments: manual([1, [1]], [0, [1]]),
    })
    assert.deepEqual([answer?.errorCode, answer?.numPartitions], [0, 2])
  })

  test('refuses a name that is there twice, and creates the others', async () => {
    const metadata = await openMetadata()
    const answers = await create(metadata, 7, { name: 'a' }, { name: 'b' }, { name: 'a' })
    assert.deepEqual(
      answers.map(({ name, errorCode, errorMessage }) => [name, errorName(errorCode), errorMessage]),
      [
        ['b', 'NONE', null],
        ['a', 'INVALID_REQUEST', 'Duplicate topic name.'],
      ],
    )
  })
})

describe('CreatePartitions', () => {
  const refused: [string, { name?: string; count: number; brokerIds?: number[][] }, string, RegExp | null][] =
    [
      ['the same', { count: 1 }, 'INVALID_PARTITIONS', /Topic already has 1 partition\(s\)\./],
      [
        'fewer',
        { count: 0 },
        'INVALID_PARTITIONS',
        /currently has 1 partition\(s\); 0 would not be an increase/,
      ],
      ['unknown', { name: 'nope', count: 2 }, 'UNKNOWN_TOPIC_OR_PARTITION', null],
      [
        'count',
        { count: 3, brokerIds: [[1]] },
        'INVALID_REPLICA_ASSIGNMENT',
        /add 2 .*, but only 1 assignment/,
      ],
      [
        'stranger',
        { count: 2, brokerIds: [[9]] },
        'INVALID_REPLICA_ASSIGNMENT',
        /broker 9, but no such broker/,
      ],
    ]
  for (const [label, topic, error, message] of refused) {
    test(`refuses ${label} with ${error}`, async () => {
      const metadata = await openMetadata()
      await create(metadata, 7, { name: 'a' })
      const [answer] = await grow(metadata, { name: 'a', ...topic })
      assert.equal(errorName(answer!.errorCode), error)
      if (message === null) assert.equal(answer?.errorMessage, null)
      else assert.match(answer?.errorMessage ?? '', message)
    })
  }

  test('adds partitions, and refuses a topic that is there twice', async () => {
    const metadata = await openMetadata()
    await create(metadata, 7, { name: 'a' }, { name: 'b' })
    const answers = await grow(
      metadata,
      { name: 'a', count: 3, brokerIds: [[1], [1]] },
      { name: 'b', count: 2 },
      { name: 'b', count: 3 },
    )
    assert.deepEqual(
      answers.map(({ name, errorCode }) => `${name} ${errorName(errorCode)}`),
      ['a NONE', 'b INVALID_REQUEST'],
    )
    const { topicsByName } = metadata.topics.image()
    assert.deepEqual([topicsByName.get('a')?.partitionCount, topicsByName.get('b')?.partitionCount], [3, 1])
  })
})

describe('DeleteTopics', () => {
  const noSuchId = 'xxxxxxxxxxxxxxxxxxxxxw'

  async function withTopics(set: Record<string, string> = {}) {
    const metadata = await openMetadata(set)
    await create(metadata, 7, { name: 'a' }, { name: 'b' })
    const id = (name: string): string => metadata.topics.image().topicsByName.get(name)!.topicId
    return { metadata, a: id('a'), b: id('b') }
  }

  test('by name and by id', async () => {
    const { metadata, a, b } = await withTopics()
    const topics = [{ name: 'a' }, { name: null, topicId: b }]
    const answers = await remove(metadata, 6, { topics })
    assert.deepEqual(
      answers
        .map(({ name, topicId, errorCode }) => ({ name, topicId, errorCode }))
        .sort((x, y) => (x.name! < y.name! ? -1 : 1)),
      [
        { name: 'a', topicId: a, errorCode: 0 },
        { name: 'b', topicId: b, errorCode: 0 },
      ],
    )
    assert.equal(metadata.topics.image().topicsByName.size, 0)
  })

  test('refuses what is unclear or unknown', async () => {
    const { metadata, a } = await withTopics()
    const topics = [
      { name: null },
      { name: 'a', topicId: a },
      { name: 'b' },
      { name: 'b' },
      { name: null, topicId: noSuchId },
      { name: 'nope' },
    ]
    const answers = await remove(metadata, 6, { topics })
    const shown = answers.map(
      ({ name, errorCode, errorMessage }) => `${name} ${errorName(errorCode)} ${errorMessage}`,
    )
    assert.deepEqual(shown.sort(), [
      'a INVALID_REQUEST You may not specify both topic name and topic id.',
      'b INVALID_REQUEST Duplicate topic name.',
      'nope UNKNOWN_TOPIC_OR_PARTITION This server does not host this topic-partition.',
      'null INVALID_REQUEST Neither topic name nor id were specified.',
      'null UNKNOWN_TOPIC_ID This server does not host this topic ID.',
    ])
    assert.equal(metadata.topics.image().topicsByName.size, 2)
  })

  test('a topic that is named and given by its id stays', async () => {
    const { metadata, a } = await withTopics()
    const answers = await remove(metadata, 6, { topics: [{ name: 'a' }, { name: null, topicId: a }] })
    assert.deepEqual(
      answers.map(({ name, topicId, errorCode }) => [name, topicId, errorName(errorCode)]),
      [['a', a, 'INVALID_REQUEST']],
    )
    assert.ok(metadata.topics.image().topicsByName.has('a'))
  })

  test('by name only before v6, without a message before v5', async () => {
    const { metadata } = await withTopics()
    const [unknown] = await remove(metadata, 4, { topicNames: ['nope'] })
    assert.deepEqual(
      [errorName(unknown!.errorCode), unknown?.errorMessage],
      ['UNKNOWN_TOPIC_OR_PARTITION', null],
    )
    const [answer] = await remove(metadata, 1, { topicNames: ['a'] })
    assert.deepEqual([answer?.name, answer?.errorCode], ['a', 0])
  })

  test('can be switched off', async () => {
    const { metadata } = await withTopics({ 'delete.topic.enable': 'false' })
    const [early] = await remove(metadata, 2, { topicNames: ['a'] })
    const [late] = await remove(metadata, 6, { topics: [{ name: 'a' }] })
    assert.deepEqual(
      [errorName(early!.errorCode), errorName(late!.errorCode)],
      ['INVALID_REQUEST', 'TOPIC_DELETION_DISABLED'],
    )
    assert.equal(metadata.topics.image().topicsByName.size, 2)
  })

  test('a commit that fails answers KAFKA_STORAGE_ERROR', async () => {
    const { metadata } = await withTopics()
    metadata.store.failTransaction()
    const [answer] = await remove(metadata, 6, { topics: [{ name: 'a' }] })
    assert.equal(errorName(answer!.errorCode), 'KAFKA_STORAGE_ERROR')
  })
})
