/** Disks and stores that fail under a running broker: Kafka's error where it failed, and the rest goes on. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { errorName } from '#protocol/error-codes.ts'
import { createTopics } from '#protocol/messages/create-topics.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import { initProducerId } from '#protocol/messages/init-producer-id.ts'
import { metadata } from '#protocol/messages/metadata.ts'
import { offsetCommit } from '#protocol/messages/offset-commit.ts'
import { offsetFetch } from '#protocol/messages/offset-fetch.ts'
import { TestBroker } from '../support/broker.ts'
import { batchOf, createTopic, fetchFrom, produceTo, valuesOf } from '../support/records.ts'

async function start(t: TestContext) {
  const clock = new FakeClock()
  const broker = await TestBroker.start(t, { clock })
  const client = await broker.connect()
  await createTopic(client, 'topic', { partitions: 2 })
  await produceTo(client, 'topic', batchOf(['a']))
  return { broker, client, clock }
}

for (const [operation, code] of [
  ['write', 'EIO'],
  ['write', 'ENOSPC'],
  ['sync', 'EIO'],
] as const) {
  test(`a ${operation} that fails with ${code} refuses its records, and the next are taken`, async t => {
    const { broker, client, clock } = await start(t)
    broker.files.fail({ operation, code, path: 'topic-0/', writtenBytes: 10 })
    const refused = await produceTo(client, 'topic', batchOf(['lost']))
    assert.equal(errorName(refused.errorCode), 'KAFKA_STORAGE_ERROR')
    assert.equal(refused.baseOffset, -1)
    // What was there can be read, and the other partition did not notice.
    assert.equal((await produceTo(client, 'topic', batchOf(['other']), { partition: 1 })).errorCode, 0)
    let again = await produceTo(client, 'topic', batchOf(['b']))
    // A full disk is tried again after a while.
    for (let turn = 0; turn < 20 && again.errorCode !== 0; turn++) {
      await clock.advance(1000)
      again = await produceTo(client, 'topic', batchOf(['b']))
    }
    assert.equal(again.errorCode, 0)
    assert.deepEqual(valuesOf((await fetchFrom(client, 'topic', 0)).records), ['a', 'b'])
    assert.ok(broker.lines.some(line => line.level === 'error' || line.level === 'warn'))
  })
}

test('a read that fails', async t => {
  const { broker, client } = await start(t)
  await broker.restart()
  await client.closed
  broker.files.fail({ operation: 'read', code: 'EIO', path: '.log', times: 1000 })
  const reader = await broker.connect()
  // The size of the answer is out before its records are read: nothing is left but to close.
  const outcome = await fetchFrom(reader, 'topic', 0).then(
    answer => errorName(answer.errorCode),
    (error: Error) => error.message,
  )
  assert.ok(['KAFKA_STORAGE_ERROR', 'the connection was closed'].includes(String(outcome)), String(outcome))
  broker.files.clearFaults()
  const other = await broker.connect()
  assert.deepEqual(valuesOf((await fetchFrom(other, 'topic', 0)).records), ['a'])
})

test('a store that fails: nothing is created, changed, committed or given out', async t => {
  const { broker, client } = await start(t)
  broker.store.fail()
  const created = await client.ask(createTopics, 7, {
    topics: [{ name: 'new', numPartitions: 1, replicationFactor: 1 }],
  })
  const removed = await client.ask(deleteTopics, 6, { topics: [{ name: 'topic' }] })
  const changed = await client.ask(incrementalAlterConfigs, 1, {
    resources: [
      {
        resourceType: 2,
        resourceName: 'topic',
        configs: [{ name: 'max.message.bytes', configOperation: 0, value: '1' }],
      },
    ],
  })
  const partitions = [{ partitionIndex: 0, committedOffset: 1n }]
  const committing = { groupId: 'group', topics: [{ name: 'topic', partitions }] }
  const committed = await client.ask(offsetCommit, 9, committing)
  const producer = await client.ask(initProducerId, 4, { transactionalId: null })
  const auto = await client.ask(metadata, 12, { topics: [{ name: 'auto' }] })
  const errors = [
    created.topics[0]!.errorCode,
    removed.responses[0]!.errorCode,
    changed.responses[0]!.errorCode,
    committed.topics[0]!.partitions[0]!.errorCode,
    producer.errorCode,
    auto.topics[0]!.errorCode,
  ]
  assert.deepEqual(errors.map(errorName), [
    'KAFKA_STORAGE_ERROR',
    'KAFKA_STORAGE_ERROR',
    'KAFKA_STORAGE_ERROR',
    // Kafka's coordinators answer so when their log cannot be written.
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'KAFKA_STORAGE_ERROR',
  ])

  broker.store.heal()
  const all = await client.ask(metadata, 12, { topics: null })
  assert.deepEqual(
    all.topics.map(topic => topic.name),
    ['topic'],
  )
  assert.equal((await produceTo(client, 'topic', batchOf(['large enough']))).errorCode, 0)
  const fetched = await client.ask(offsetFetch, 7, {
    groupId: 'group',
    topics: [{ name: 'topic', partitionIndexes: [0] }],
  })
  assert.equal(fetched.topics[0]!.partitions[0]!.committedOffset, -1n)
  // And all goes as if nothing had been.
  await createTopic(client, 'new')
  assert.equal((await client.ask(offsetCommit, 9, committing)).topics[0]!.partitions[0]!.errorCode, 0)
  assert.equal((await client.ask(initProducerId, 4, { transactionalId: null })).errorCode, 0)
})
