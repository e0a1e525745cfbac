/** CreateTopics, DeleteTopics, CreatePartitions: what is refused, and what a topic is once it is there. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { zeroUuid } from '#base/random.ts'
import { errorName } from '#protocol/error-codes.ts'
import { createPartitions } from '#protocol/messages/create-partitions.ts'
import { createTopics } from '#protocol/messages/create-topics.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import { metadata } from '#protocol/messages/metadata.ts'
import type { CreateTopicsRequest } from '#protocol/messages/create-topics.ts'
import type { Input } from '#protocol/schema.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { batchOf, createTopic, fetchFrom, produceTo, valuesOf } from '../support/records.ts'

type NewTopic = NonNullable<Input<typeof CreateTopicsRequest>['topics']>[number]

const plain = { numPartitions: 1, replicationFactor: 1 }

async function create(client: RawClient, topics: readonly NewTopic[], validateOnly = false) {
  return (await client.ask(createTopics, 7, { topics, timeoutMs: 30_000, validateOnly })).topics
}

async function remove(client: RawClient, name: string): Promise<string | undefined> {
  const answer = await client.ask(deleteTopics, 6, { topics: [{ name }], timeoutMs: 30_000 })
  return errorName(answer.responses[0]!.errorCode)
}

test('a new topic: its answer, and its metadata', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('topic')
  const configs = [{ name: 'retention.ms', value: '1234' }]
  const [topic] = await create(client, [{ name, numPartitions: 3, replicationFactor: 1, configs }])
  assert.equal(errorName(topic!.errorCode), 'NONE')
  assert.equal(topic!.numPartitions, 3)
  assert.equal(topic!.replicationFactor, 1)
  assert.notEqual(topic!.topicId, zeroUuid)
  const retention = topic!.configs!.find(config => config.name === 'retention.ms')
  assert.equal(retention!.value, '1234')
  // DYNAMIC_TOPIC_CONFIG
  assert.equal(retention!.configSource, 1)
  const described = (await client.ask(metadata, 12, { topics: [{ name }] })).topics[0]!
  assert.equal(described.topicId, topic!.topicId)
  assert.deepEqual(
    described.partitions.map(each => each.partitionIndex).sort((a, b) => a - b),
    [0, 1, 2],
  )
})

test('numbers of -1 mean the defaults of the broker', async t => {
  const client = await (await TestBroker.start(t, { set: { 'num.partitions': '4' } })).connect()
  const [topic] = await create(client, [{ name: 'topic', numPartitions: -1, replicationFactor: -1 }])
  assert.equal(topic!.numPartitions, 4)
  assert.equal(topic!.replicationFactor, 1)
})

/** [what, topic, error] */
const refused: [string, Omit<NewTopic, 'name'> & { readonly name?: string }, string][] = [
  ['no partitions', { ...plain, numPartitions: 0 }, 'INVALID_PARTITIONS'],
  ['fewer partitions than none', { ...plain, numPartitions: -2 }, 'INVALID_PARTITIONS'],
  ['no replicas', { ...plain, replicationFactor: 0 }, 'INVALID_REPLICATION_FACTOR'],
  ['more replicas than brokers', { ...plain, replicationFactor: 2 }, 'INVALID_REPLICATION_FACTOR'],
  ['an illegal name', { ...plain, name: 'a/b' }, 'INVALID_TOPIC_EXCEPTION'],
  ['an empty name', { ...plain, name: '' }, 'INVALID_TOPIC_EXCEPTION'],
  ['a name that is too long', { ...plain, name: 'x'.repeat(250) }, 'INVALID_TOPIC_EXCEPTION'],
  ['an unknown config', { ...plain, configs: [{ name: 'retention.mss', value: '1' }] }, 'INVALID_CONFIG'],
  [
    'a config of a wrong type',
    { ...plain, configs: [{ name: 'retention.ms', value: 'x' }] },
    'INVALID_CONFIG',
  ],
  [
    'a config out of its range',
    { ...plain, configs: [{ name: 'max.message.bytes', value: '-1' }] },
    'INVALID_CONFIG',
  ],
  [
    'a config without a value',
    { ...plain, configs: [{ name: 'retention.ms', value: null }] },
    'INVALID_CONFIG',
  ],
  [
    'replicas on a broker that is not there',
    { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [7] }] },
    'INVALID_REPLICA_ASSIGNMENT',
  ],
  [
    'an assignment beside a number of partitions',
    { ...plain, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
    'INVALID_REQUEST',
  ],
  [
    'an assignment with a gap',
    {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [
        { partitionIndex: 0, brokerIds: [1] },
        { partitionIndex: 2, brokerIds: [1] },
      ],
    },
    'INVALID_REPLICA_ASSIGNMENT',
  ],
]

for (const [what, topic, error] of refused) {
  test(`refused: ${what}`, async t => {
    const broker = await TestBroker.start(t)
    const client = await broker.connect()
    const good = broker.name('good')
    const name = broker.name('bad')
    const answer = await create(client, [
      { name, ...topic },
      { name: good, ...plain },
    ])
    const byName = new Map(answer.map(each => [each.name, each]))
    const bad = byName.get(topic.name ?? name)!
    assert.equal(errorName(bad.errorCode), error)
    assert.notEqual(bad.errorMessage, null)
    // The others of the request are made.
    assert.equal(errorName(byName.get(good)!.errorCode), 'NONE')
    assert.equal(await remove(client, good), 'NONE')
  })
}

test('a topic is made once', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('topic')
  await createTopic(client, name)
  const [again] = await create(client, [{ name, ...plain }])
  assert.equal(errorName(again!.errorCode), 'TOPIC_ALREADY_EXISTS')
})

test('a name that is twice in one request is refused', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('twice')
  const answer = await create(client, [
    { name, ...plain },
    { name, ...plain },
  ])
  assert.ok(answer.length > 0)
  for (const topic of answer) assert.equal(errorName(topic.errorCode), 'INVALID_REQUEST')
  assert.equal(await remove(client, name), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('names that differ in dots and underscores only collide', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('a.b')
  await createTopic(client, name)
  const [other] = await create(client, [{ name: name.replace('.', '_'), ...plain }])
  assert.equal(errorName(other!.errorCode), 'INVALID_TOPIC_EXCEPTION')
})

test('a request that only validates changes nothing', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('topic')
  const [topic] = await create(client, [{ name, ...plain, numPartitions: 2 }], true)
  assert.equal(errorName(topic!.errorCode), 'NONE')
  assert.equal(topic!.numPartitions, 2)
  const [bad] = await create(client, [{ name, ...plain, numPartitions: 0 }], true)
  assert.equal(errorName(bad!.errorCode), 'INVALID_PARTITIONS')
  assert.equal(await remove(client, name), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('a deleted topic is gone with its records', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('topic')
  const id = await createTopic(client, name)
  await produceTo(client, name, batchOf(['old']))
  assert.equal(await remove(client, name), 'NONE')
  assert.equal(await remove(client, name), 'UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal(errorName((await fetchFrom(client, name, 0)).errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
  const newId = await createTopic(client, name)
  assert.notEqual(newId, id)
  const fetched = await fetchFrom(client, name, 0)
  assert.equal(errorName(fetched.errorCode), 'NONE')
  assert.deepEqual(valuesOf(fetched.records), [])
  assert.equal((await produceTo(client, name, batchOf(['new']))).baseOffset, 0)
})

test('a topic is deleted by its id', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('topic')
  const topicId = await createTopic(client, name)
  const byId = async (id: string) => {
    const request = { topics: [{ name: null, topicId: id }], timeoutMs: 30_000 }
    const [answered] = (await client.ask(deleteTopics, 6, request)).responses
    return [errorName(answered!.errorCode), answered!.name]
  }
  assert.deepEqual(await byId(topicId), ['NONE', name])
  assert.deepEqual(await byId(topicId), ['UNKNOWN_TOPIC_ID', null])
})

test('a topic is created and deleted many times, also while others are', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const clients = await Promise.all([1, 2, 3].map(() => broker.connect()))
  await Promise.all(
    clients.map(async (client, index) => {
      for (let round = 0; round < 5; round++) {
        await createTopic(client, `topic-${index}`, { partitions: 2 })
        const answer = await produceTo(client, `topic-${index}`, batchOf([`${round}`]))
        assert.deepEqual([errorName(answer.errorCode), answer.baseOffset], ['NONE', 0])
        if (round < 4) assert.equal(await remove(client, `topic-${index}`), 'NONE')
      }
    }),
  )
  for (const index of [0, 1, 2])
    assert.deepEqual(valuesOf((await fetchFrom(clients[0]!, `topic-${index}`, 0)).records), ['4'])
  await broker.restart()
  const folders = (await readdir(broker.folder!)).filter(name => name.startsWith('topic-'))
  assert.deepEqual(
    folders.sort((a, b) => a.localeCompare(b)),
    ['topic-0-0', 'topic-0-1', 'topic-1-0', 'topic-1-1', 'topic-2-0', 'topic-2-1'],
  )
})

test('a topic gets more partitions, usable at once', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  const client = await broker.connect()
  await createTopic(client, 'topic')
  await produceTo(client, 'topic', batchOf(['a']))
  const request = { topics: [{ name: 'topic', count: 3, assignments: null }], timeoutMs: 30_000 }
  const answer = await client.ask(createPartitions, 3, request)
  assert.equal(errorName(answer.results[0]!.errorCode), 'NONE')
  for (const [partition, offset] of [1, 0, 0].entries())
    assert.equal((await produceTo(client, 'topic', batchOf(['b']), { partition })).baseOffset, offset)
  await broker.restart()
  const { topics } = await (await broker.connect()).ask(metadata, 12, { topics: [{ name: 'topic' }] })
  assert.equal(topics[0]!.partitions.length, 3)
})

/** [what, count, assignments, error] */
const refusedGrowth: [string, number, readonly { brokerIds: number[] }[] | null, string][] = [
  ['as many as there are', 2, null, 'INVALID_PARTITIONS'],
  ['fewer than there are', 1, null, 'INVALID_PARTITIONS'],
  ['none', 0, null, 'INVALID_PARTITIONS'],
  ['assignments of another number', 4, [{ brokerIds: [1] }], 'INVALID_REPLICA_ASSIGNMENT'],
  ['a broker that is not there', 3, [{ brokerIds: [9] }], 'INVALID_REPLICA_ASSIGNMENT'],
]

for (const [what, count, assignments, error] of refusedGrowth) {
  test(`more partitions are refused: ${what}`, async t => {
    const broker = await TestBroker.start(t)
    const client = await broker.connect()
    const name = broker.name('topic')
    await createTopic(client, name, { partitions: 2 })
    const request = { topics: [{ name, count, assignments }], timeoutMs: 30_000 }
    const answer = await client.ask(createPartitions, 3, request)
    assert.equal(errorName(answer.results[0]!.errorCode), error)
    const { topics } = await client.ask(metadata, 12, { topics: [{ name }] })
    assert.equal(topics[0]!.partitions.length, 2)
  })
}

test('more partitions of a topic that is not there', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topics = [{ name: broker.name('none'), count: 3, assignments: null }]
  const answer = await client.ask(createPartitions, 3, { topics, timeoutMs: 30_000 })
  assert.equal(errorName(answer.results[0]!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('deletion can be forbidden', async t => {
  const client = await (await TestBroker.start(t, { set: { 'delete.topic.enable': 'false' } })).connect()
  await createTopic(client, 'topic')
  assert.equal(await remove(client, 'topic'), 'TOPIC_DELETION_DISABLED')
})
