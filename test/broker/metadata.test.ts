/** Metadata: topics by name and id, topics made on the spot, and the address that clients are told. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { zeroUuid } from '#base/random.ts'
import { errorCode } from '#protocol/error-codes.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import { describeCluster } from '#protocol/messages/describe-cluster.ts'
import { findCoordinator } from '#protocol/messages/find-coordinator.ts'
import { metadata } from '#protocol/messages/metadata.ts'
import { TestBroker } from '../support/broker.ts'
import { batchOf, createTopic, fetchFrom, produceTo, valuesOf } from '../support/records.ts'

test('a topic that is made on the spot can be used at once', async t => {
  const client = await (await TestBroker.start(t, { folder: true })).connect()
  const { topics } = await client.ask(metadata, 12, { topics: [{ name: 'new' }] })
  assert.equal(topics[0]!.errorCode, 0)
  assert.equal(topics[0]!.isInternal, false)
  assert.notEqual(topics[0]!.topicId, zeroUuid)
  assert.deepEqual(
    topics[0]!.partitions.map(each => [each.partitionIndex, each.leaderId, each.isrNodes, each.replicaNodes]),
    [[0, 1, [1], [1]]],
  )
  assert.equal((await produceTo(client, 'new', batchOf(['a']))).errorCode, 0)
  assert.deepEqual(valuesOf((await fetchFrom(client, 'new', 0)).records), ['a'])
})

test('a topic is made on the spot only where client and config allow it', async t => {
  const willing = await (await TestBroker.start(t, { set: {} })).connect()
  const unwilling = await (
    await TestBroker.start(t, { set: { 'auto.create.topics.enable': 'false' } })
  ).connect()
  const asked = { topics: [{ name: 'new' }], allowAutoTopicCreation: false }
  const unknown = errorCode('UNKNOWN_TOPIC_OR_PARTITION')
  assert.equal((await willing.ask(metadata, 12, asked)).topics[0]!.errorCode, unknown)
  assert.equal(
    (await unwilling.ask(metadata, 12, { topics: [{ name: 'new' }] })).topics[0]!.errorCode,
    unknown,
  )
  // Before version 4 a client could not say that it wants none.
  assert.equal((await willing.ask(metadata, 3, { topics: [{ name: 'new' }] })).topics[0]!.errorCode, 0)
})

test('num.partitions counts for topics that are made on the spot', async t => {
  const client = await (await TestBroker.start(t, { set: { 'num.partitions': '5' } })).connect()
  const { topics } = await client.ask(metadata, 12, { topics: [{ name: 'new' }] })
  assert.equal(topics[0]!.partitions.length, 5)
})

for (const name of ['', '.', '..', 'a b', 'a/b', 'x'.repeat(250)]) {
  test(`'${name.slice(0, 10)}' is no name of a topic`, async t => {
    const client = await (await TestBroker.start(t)).connect()
    const { topics } = await client.ask(metadata, 12, { topics: [{ name }] })
    assert.equal(topics[0]!.errorCode, errorCode('INVALID_TOPIC_EXCEPTION'))
    assert.equal(topics[0]!.name, name)
    assert.deepEqual(topics[0]!.partitions, [])
  })
}

test('topics by id', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('known')
  const topicId = await createTopic(client, name)
  const other = 'abcdefghijklmnopqrstuA'
  const ask = async (version: number) =>
    (
      await client.ask(metadata, version, {
        topics: [
          { topicId, name: null },
          { topicId: other, name: null },
        ],
        allowAutoTopicCreation: false,
      })
    ).topics.map(each => [each.errorCode, each.name, each.topicId])
  const unknown = errorCode('UNKNOWN_TOPIC_ID')
  const sorted = (await ask(13)).sort((a, b) => Number(a[0]) - Number(b[0]))
  assert.deepEqual(sorted, [
    [0, name, topicId],
    [unknown, null, other],
  ])
  assert.deepEqual(await ask(12), await ask(13))
})

test('each topic is told once, and ids count more than names', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const [first, second] = [broker.name('first'), broker.name('second')]
  const topicId = await createTopic(client, first)
  await createTopic(client, second)
  const ask = async (version: number, topics: { name: string | null; topicId?: string }[]) =>
    (await client.ask(metadata, version, { topics })).topics.map(each => [each.errorCode, each.name])
  const byName = [{ name: second }, { name: first }, { name: second }]
  const both = [
    [0, second],
    [0, first],
  ]
  assert.deepEqual(await ask(0, byName), both)
  assert.deepEqual(await ask(12, byName), both)
  const byId = { topicId, name: null }
  assert.deepEqual(await ask(12, [byId, byId]), [[0, first]])
  assert.deepEqual(await ask(12, [{ name: second }, byId, { name: first }]), [[0, first]])
  const refused = errorCode('INVALID_REQUEST')
  const mixed = [{ name: second }, { topicId, name: first }]
  assert.deepEqual(await ask(11, mixed), [
    [refused, second],
    [refused, first],
  ])
})

test('a topic that is made again has another id, and the old id is unknown', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('again')
  const first = await createTopic(client, name)
  await client.ask(deleteTopics, 6, { topics: [{ name }], timeoutMs: 30_000 })
  const second = await createTopic(client, name)
  assert.notEqual(first, second)
  const { topics } = await client.ask(metadata, 13, { topics: [{ topicId: first, name: null }] })
  assert.equal(topics[0]!.errorCode, errorCode('UNKNOWN_TOPIC_ID'))
})

test('all topics, or none', async t => {
  const client = await (await TestBroker.start(t, { set: {} })).connect()
  await createTopic(client, 'a')
  await createTopic(client, 'b', { partitions: 2 })
  const namesAt = async (version: number, topics: [] | null) =>
    (await client.ask(metadata, version, { topics })).topics
      .map(each => String(each.name))
      .sort((a, b) => a.localeCompare(b))
  assert.deepEqual(await namesAt(0, []), ['a', 'b'])
  assert.deepEqual(await namesAt(1, []), [])
  assert.deepEqual(await namesAt(1, null), ['a', 'b'])
  assert.deepEqual(await namesAt(13, null), ['a', 'b'])
})

test('authorized operations are told to those who ask', async t => {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const name = broker.name('topic')
  await createTopic(client, name)
  const ask = (topic: boolean, cluster: boolean) =>
    client.ask(metadata, 8, {
      topics: [{ name }],
      includeTopicAuthorizedOperations: topic,
      includeClusterAuthorizedOperations: cluster,
    })
  const none = await ask(false, false)
  assert.equal(none.topics[0]!.topicAuthorizedOperations, -(2 ** 31))
  assert.equal(none.clusterAuthorizedOperations, -(2 ** 31))
  const both = await ask(true, true)
  // READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS, each a bit of its number.
  assert.equal(both.topics[0]!.topicAuthorizedOperations, bits(3, 4, 5, 6, 7, 8, 10, 11))
  // CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE
  assert.equal(both.clusterAuthorizedOperations, bits(5, 7, 8, 9, 10, 11, 12))
})

function bits(...numbers: readonly number[]): number {
  return numbers.reduce((sum, bit) => sum | (1 << bit), 0)
}

const hasIpv6 = Object.values(networkInterfaces()).some(addresses =>
  addresses?.some(({ address }) => address === '::1'),
)

for (const listen of ['0.0.0.0:0', '[::]:0']) {
  const hosts = listen.startsWith('[') ? ['127.0.0.1', '::1'] : ['127.0.0.1', '127.0.0.2']
  for (const host of hosts) {
    const skip = listen.startsWith('[') && !hasIpv6 ? 'this machine has no IPv6' : false
    test(
      `a client that came to ${host} is told that address where the broker listens on ${listen}`,
      { skip },
      async t => {
        const broker = await TestBroker.start(t, { listen })
        assert.notEqual(broker.port, 0)
        const client = await broker.connect(host)
        const wanted = { host, port: broker.port }
        const { brokers } = await client.ask(metadata, 13, { topics: [] })
        assert.deepEqual(
          brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })),
          [{ nodeId: 1, ...wanted }],
        )
        const cluster = await client.ask(describeCluster, 2, {})
        assert.deepEqual(
          cluster.brokers.map(({ host, port }) => ({ host, port })),
          [wanted],
        )
        const { host: coordinatorHost, port } = await client.ask(findCoordinator, 3, { key: 'group' })
        assert.deepEqual({ host: coordinatorHost, port }, wanted)
      },
    )
  }
}

test('advertised.listeners counts more than the connection', async t => {
  const set = { 'advertised.listeners': 'PLAINTEXT://broker.example:1234', 'broker.rack': 'r1' }
  const client = await (await TestBroker.start(t, { set })).connect()
  const { brokers } = await client.ask(metadata, 13, { topics: [] })
  assert.deepEqual(brokers, [{ nodeId: 1, host: 'broker.example', port: 1234, rack: 'r1' }])
})
