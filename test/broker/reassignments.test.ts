/** AlterPartitionReassignments, ListPartitionReassignments and ElectLeaders: replicas of a single broker. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { errorName } from '#protocol/error-codes.ts'
import { alterPartitionReassignments } from '#protocol/messages/alter-partition-reassignments.ts'
import type { AlterPartitionReassignmentsRequest } from '#protocol/messages/alter-partition-reassignments.ts'
import { electLeaders } from '#protocol/messages/elect-leaders.ts'
import type { ElectLeadersRequest } from '#protocol/messages/elect-leaders.ts'
import { listPartitionReassignments } from '#protocol/messages/list-partition-reassignments.ts'
import type { Input } from '#protocol/schema.ts'
import { TestBroker } from '../support/broker.ts'
import { startWithOfflinePartition } from '../support/offline.ts'
import type { RawClient } from '../support/raw-client.ts'
import { createTopic } from '../support/records.ts'

type Reassignment = Input<typeof AlterPartitionReassignmentsRequest>
type Election = Input<typeof ElectLeadersRequest>

async function start(t: TestContext) {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('moved')
  await createTopic(client, topic, { partitions: 3 })
  return { client, topic }
}

/** [error of the whole, its message, [topic, partition, error, message]...] */
async function reassign(client: RawClient, request: Reassignment, version = 1) {
  const answer = await client.ask(alterPartitionReassignments, version, request)
  const { allowReplicationFactorChange = true } = request
  assert.equal(answer.allowReplicationFactorChange, version === 0 || allowReplicationFactorChange)
  const partitions = answer.responses.flatMap(({ name, partitions }) =>
    partitions.map(each => [name, each.partitionIndex, errorName(each.errorCode), each.errorMessage]),
  )
  return [errorName(answer.errorCode), answer.errorMessage, ...partitions]
}

test('a move to where a partition is succeeds, in each version', async t => {
  const { client, topic } = await start(t)
  for (const version of [0, 1]) {
    const partitions = [1, 0].map(partitionIndex => ({ partitionIndex, replicas: [1] }))
    assert.deepEqual(await reassign(client, { topics: [{ name: topic, partitions }] }, version), [
      'NONE',
      null,
      [topic, 1, 'NONE', null],
      [topic, 0, 'NONE', null],
    ])
  }
})

const empty = 'The manual partition assignment includes an empty replica list.'
const twice = 'The manual partition assignment includes the broker 1 more than once.'
const no = (id: number) =>
  `The manual partition assignment includes broker ${id}, but no such broker is registered.`

for (const [replicas, message] of [
  [[], empty],
  [[999], no(999)],
  [[1, 999], no(999)],
  [[1, 1], twice],
  [[-1], no(-1)],
  // The smallest id first.
  [[999, -1], no(-1)],
  [[5, 5], no(5)],
  [[7, 1, 1], twice],
] as const) {
  test(`a move to brokers [${replicas.join()}] is refused`, async t => {
    const { client, topic } = await start(t)
    for (const allowReplicationFactorChange of [true, false]) {
      const topics = [{ name: topic, partitions: [{ partitionIndex: 0, replicas }] }]
      assert.deepEqual(await reassign(client, { topics, allowReplicationFactorChange }), [
        'NONE',
        null,
        [topic, 0, 'INVALID_REPLICA_ASSIGNMENT', message],
      ])
    }
  })
}

test('there is no move that could be cancelled', async t => {
  const { client, topic } = await start(t)
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0, replicas: null }] }]
  assert.deepEqual(await reassign(client, { topics }), [
    'NONE',
    null,
    [topic, 0, 'NO_REASSIGNMENT_IN_PROGRESS', null],
  ])
})

test('moves of what does not exist, and of the same partition several times', async t => {
  const { client, topic } = await start(t)
  const unknown = `${topic}-unknown`
  const topics = [
    {
      name: topic,
      partitions: [
        { partitionIndex: 9, replicas: [999] },
        { partitionIndex: -1, replicas: null },
        { partitionIndex: 0, replicas: [1] },
        { partitionIndex: 0, replicas: [1] },
      ],
    },
    { name: unknown, partitions: [{ partitionIndex: 0, replicas: [999] }] },
    { name: '', partitions: [{ partitionIndex: 0, replicas: null }] },
    { name: topic, partitions: [{ partitionIndex: 0, replicas: null }] },
  ]
  assert.deepEqual(await reassign(client, { topics }), [
    'NONE',
    null,
    [topic, 9, 'UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition ${topic}:9.`],
    [topic, -1, 'UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition ${topic}:-1.`],
    [topic, 0, 'NONE', null],
    [topic, 0, 'NONE', null],
    [unknown, 0, 'UNKNOWN_TOPIC_OR_PARTITION', `Unable to find a topic named ${unknown}.`],
    ['', 0, 'UNKNOWN_TOPIC_OR_PARTITION', 'Unable to find a topic named .'],
    [topic, 0, 'NO_REASSIGNMENT_IN_PROGRESS', null],
  ])
})

test('moves of nothing, and without time', async t => {
  const { client, topic } = await start(t)
  for (const timeoutMs of [60_000, 0]) {
    assert.deepEqual(await reassign(client, { topics: [], timeoutMs }), ['NONE', ''])
  }
  assert.deepEqual(await reassign(client, { topics: [{ name: topic, partitions: [] }] }), ['NONE', null])
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0, replicas: [1] }] }]
  for (const timeoutMs of [0, -1]) {
    assert.deepEqual(await reassign(client, { topics, timeoutMs }), [
      'REQUEST_TIMED_OUT',
      null,
      [topic, 0, 'REQUEST_TIMED_OUT', null],
    ])
  }
})

test('no move is ever under way', async t => {
  const { client, topic } = await start(t)
  for (const topics of [
    null,
    [],
    [{ name: topic, partitionIndexes: [0, 0, 9, -1] }],
    [{ name: `${topic}-unknown`, partitionIndexes: [0] }],
    [{ name: '', partitionIndexes: [] }],
  ]) {
    for (const timeoutMs of [60_000, 0]) {
      assert.deepEqual(await client.ask(listPartitionReassignments, 0, { topics, timeoutMs }), {
        throttleTimeMs: 0,
        errorCode: 0,
        errorMessage: null,
        topics: [],
      })
    }
  }
})

const preferred = 0
const unclean = 1

/** [error of the whole, [topic, partition, error, message]...] */
async function elect(client: RawClient, request: Election, version = 2) {
  const answer = await client.ask(electLeaders, version, request)
  const partitions = answer.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
    partitionResult.map(each => [topic, each.partitionId, errorName(each.errorCode), each.errorMessage]),
  )
  return [errorName(answer.errorCode), ...partitions]
}

const notNeeded = ['ELECTION_NOT_NEEDED', 'Leader election not needed for topic partition.']

test('an election of the leader that there is, in each version', async t => {
  const { client, topic } = await start(t)
  for (const version of [0, 1, 2]) {
    for (const electionType of version === 0 ? [preferred] : [preferred, unclean]) {
      const topicPartitions = [
        { topic, partitions: [1, 0, 0] },
        { topic, partitions: [2] },
      ]
      assert.deepEqual(await elect(client, { electionType, topicPartitions }, version), [
        'NONE',
        [topic, 1, ...notNeeded],
        [topic, 0, ...notNeeded],
        [topic, 0, ...notNeeded],
        [topic, 2, ...notNeeded],
      ])
    }
  }
})

test('an election for all partitions names each topic and says nothing of those that need none', async t => {
  const { client, topic } = await start(t)
  for (const electionType of [preferred, unclean]) {
    const answer = await client.ask(electLeaders, 2, { electionType, topicPartitions: null })
    assert.equal(answer.errorCode, 0)
    assert.ok(answer.replicaElectionResults.some(each => each.topic === topic))
    assert.deepEqual(
      answer.replicaElectionResults.flatMap(each => each.partitionResult),
      [],
    )
  }
})

test('elections of what does not exist', async t => {
  const { client, topic } = await start(t)
  const unknown = `${topic}-unknown`
  const topicPartitions = [
    { topic, partitions: [9, -1] },
    { topic: unknown, partitions: [0, 1] },
    { topic: '', partitions: [0] },
  ]
  assert.deepEqual(await elect(client, { topicPartitions }), [
    'NONE',
    [topic, 9, 'UNKNOWN_TOPIC_OR_PARTITION', `No such partition as ${topic}-9`],
    [topic, -1, 'UNKNOWN_TOPIC_OR_PARTITION', `No such partition as ${topic}--1`],
    [unknown, 0, 'UNKNOWN_TOPIC_OR_PARTITION', `No such topic as ${unknown}`],
    [unknown, 1, 'UNKNOWN_TOPIC_OR_PARTITION', `No such topic as ${unknown}`],
    ['', 0, 'UNKNOWN_TOPIC_OR_PARTITION', 'No such topic as '],
  ])
})

test('elections of nothing, of no known kind, and without time', async t => {
  const { client, topic } = await start(t)
  const topicPartitions = [{ topic, partitions: [0] }]
  for (const request of [{}, { timeoutMs: 0 }, { electionType: 9 }]) {
    assert.deepEqual(await elect(client, { ...request, topicPartitions: [] }), ['NONE'])
  }
  for (const electionType of [2, -1, 127]) {
    assert.deepEqual(await elect(client, { electionType, topicPartitions }), [
      'INVALID_REQUEST',
      [topic, 0, 'INVALID_REQUEST', `Unknown election type ${electionType}`],
    ])
    assert.deepEqual(await elect(client, { electionType, topicPartitions: null }), ['INVALID_REQUEST'])
  }
  for (const timeoutMs of [0, -1]) {
    assert.deepEqual(await elect(client, { timeoutMs, topicPartitions, electionType: 9 }), [
      'REQUEST_TIMED_OUT',
      [topic, 0, 'REQUEST_TIMED_OUT', null],
    ])
    assert.deepEqual(await elect(client, { timeoutMs, topicPartitions: null }), ['REQUEST_TIMED_OUT'])
  }
  // Version 0 has no error of the whole.
  const old = await elect(client, { timeoutMs: 0, topicPartitions }, 0)
  assert.deepEqual(old, ['NONE', [topic, 0, 'REQUEST_TIMED_OUT', null]])
})

test('a partition whose files cannot be used has nobody to elect', async t => {
  const { client, topic } = await startWithOfflinePartition(t)
  for (const [electionType, error, message] of [
    [preferred, 'PREFERRED_LEADER_NOT_AVAILABLE', 'The preferred leader was not available.'],
    [unclean, 'ELIGIBLE_LEADERS_NOT_AVAILABLE', 'Eligible topic partition leaders are not available.'],
  ] as const) {
    const topicPartitions = [{ topic, partitions: [0, 1] }]
    assert.deepEqual(await elect(client, { electionType, topicPartitions }), [
      'NONE',
      [topic, 0, ...notNeeded],
      [topic, 1, error, message],
    ])
    assert.deepEqual(await elect(client, { electionType, topicPartitions: null }), [
      'NONE',
      [topic, 1, error, message],
    ])
  }
})
