/** DescribeProducers: what partitions remember of their producers. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { errorName } from '#protocol/error-codes.ts'
import { describeProducers } from '#protocol/messages/describe-producers.ts'
import { TestBroker, type TestBrokerOptions } from '../support/broker.ts'
import { startWithOfflinePartition } from '../support/offline.ts'
import type { RawClient } from '../support/raw-client.ts'
import { batchOf, createTopic, produceTo, someTimeMs } from '../support/records.ts'

async function start(t: TestContext, options: TestBrokerOptions = {}) {
  const broker = await TestBroker.start(t, options)
  const client = await broker.connect()
  const topic = broker.name('produced')
  await createTopic(client, topic, { partitions: 2 })
  return { broker, client, topic }
}

interface Wanted {
  readonly name: string
  readonly partitionIndexes: readonly number[]
}

async function describe(client: RawClient, topics: readonly Wanted[]) {
  return (await client.ask(describeProducers, 0, { topics })).topics
}

/** Those of a partition, by their ids. */
async function producersOf(client: RawClient, name: string, partition: number) {
  const [topic] = await describe(client, [{ name, partitionIndexes: [partition] }])
  const [answer] = topic!.partitions
  assert.equal(errorName(answer!.errorCode), 'NONE')
  assert.equal(answer!.errorMessage, null)
  return answer!.activeProducers.toSorted((a, b) => a.producerId - b.producerId)
}

function producer(producerId: number, producerEpoch: number, lastSequence: number, lastTimestamp: number) {
  return {
    producerId,
    producerEpoch,
    lastSequence,
    lastTimestamp,
    coordinatorEpoch: -1,
    currentTxnStartOffset: -1,
  }
}

test('the last sequence and time of each idempotent producer', async t => {
  const { client, topic } = await start(t)
  const produce = async (
    values: string[],
    producerId: number,
    producerEpoch: number,
    baseSequence: number,
  ) => {
    const batch = batchOf(values, { producerId, producerEpoch, baseSequence })
    assert.equal((await produceTo(client, topic, batch)).errorCode, 0)
  }
  await produce(['a'], 4711, 3, 0)
  await produce(['b', 'c'], 4711, 3, 1)
  await produce(['d'], 4712, 0, 5)
  // Producers without an id leave no trace.
  await produceTo(client, topic, batchOf(['e']))
  assert.deepEqual(await producersOf(client, topic, 0), [
    producer(4711, 3, 2, someTimeMs + 1),
    producer(4712, 0, 5, someTimeMs),
  ])
  assert.deepEqual(await producersOf(client, topic, 1), [])
  // A new epoch begins anew.
  await produce(['f'], 4711, 4, 0)
  assert.deepEqual((await producersOf(client, topic, 0))[0], producer(4711, 4, 0, someTimeMs))
})

test('partitions and topics that do not exist', async t => {
  const { client, topic } = await start(t)
  const unknown = `${topic}-unknown`
  const answers = await describe(client, [
    { name: topic, partitionIndexes: [1, 9, -1] },
    { name: unknown, partitionIndexes: [0] },
    { name: '', partitionIndexes: [0] },
    { name: 'a b', partitionIndexes: [0] },
    { name: topic, partitionIndexes: [] },
  ])
  assert.deepEqual(
    answers.map(({ name, partitions }) => [
      name,
      partitions.map(each => [each.partitionIndex, errorName(each.errorCode), each.errorMessage]),
    ]),
    [
      [
        topic,
        [
          [1, 'NONE', null],
          [9, 'UNKNOWN_TOPIC_OR_PARTITION', null],
          [-1, 'UNKNOWN_TOPIC_OR_PARTITION', null],
        ],
      ],
      [unknown, [[0, 'UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.']]],
      ['', [[0, 'INVALID_TOPIC_EXCEPTION', 'Topic name is invalid: the empty string is not allowed']]],
      [
        'a b',
        [
          [
            0,
            'INVALID_TOPIC_EXCEPTION',
            "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
          ],
        ],
      ],
      [topic, []],
    ],
  )
  assert.deepEqual(await describe(client, []), [])
})

test('a partition that is named again is described once', async t => {
  const { client, topic } = await start(t, { set: {} })
  const answers = await describe(client, [
    { name: topic, partitionIndexes: [0, 0, 1, 0] },
    { name: topic, partitionIndexes: [1] },
  ])
  assert.deepEqual(
    answers.map(({ partitions }) => partitions.map(each => each.partitionIndex)),
    [[0, 1], []],
  )
})

test('producers are known after a restart, while they are not forgotten for their age', async t => {
  const clock = new FakeClock(someTimeMs)
  const { broker, client, topic } = await start(t, { folder: true, clock })
  await produceTo(client, topic, batchOf(['a'], { producerId: 1, producerEpoch: 0, baseSequence: 7 }))
  await broker.restart()
  assert.deepEqual(await producersOf(await broker.connect(), topic, 0), [producer(1, 0, 7, someTimeMs)])
  // producer.id.expiration.ms
  await clock.advance(86_400_000)
  await broker.restart()
  assert.deepEqual(await producersOf(await broker.connect(), topic, 0), [])
})

test('a partition whose files cannot be used', async t => {
  const { client, topic } = await startWithOfflinePartition(t)
  const [answer] = await describe(client, [{ name: topic, partitionIndexes: [0, 1] }])
  assert.deepEqual(
    answer!.partitions.map(each => errorName(each.errorCode)),
    ['NONE', 'KAFKA_STORAGE_ERROR'],
  )
})
