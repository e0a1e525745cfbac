/** DescribeQuorum, AddRaftVoter, RemoveRaftVoter, UnregisterBroker: a cluster of one, and what cannot change in it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zeroUuid } from '#base/random.ts'
import { errorName } from '#protocol/error-codes.ts'
import { addRaftVoter } from '#protocol/messages/add-raft-voter.ts'
import { describeCluster } from '#protocol/messages/describe-cluster.ts'
import { describeQuorum } from '#protocol/messages/describe-quorum.ts'
import { removeRaftVoter } from '#protocol/messages/remove-raft-voter.ts'
import { unregisterBroker } from '#protocol/messages/unregister-broker.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { createTopic } from '../support/records.ts'

async function ask(client: RawClient, topics: readonly [string, readonly number[]][], version = 2) {
  return client.ask(describeQuorum, version, {
    topics: topics.map(([topicName, partitions]) => ({
      topicName,
      partitions: partitions.map(partitionIndex => ({ partitionIndex })),
    })),
  })
}

async function quorum(client: RawClient, version = 2) {
  const answer = await ask(client, [['__cluster_metadata', [0]]], version)
  assert.equal(errorName(answer.errorCode), 'NONE')
  assert.deepEqual(
    answer.topics.map(({ topicName, partitions }) => [topicName, partitions.length]),
    [['__cluster_metadata', 1]],
  )
  return { ...answer.topics[0]!.partitions[0]!, nodes: answer.nodes }
}

test('one voter leads, and lags behind nothing', async t => {
  const client = await (await TestBroker.start(t)).connect()
  const partition = await quorum(client)
  assert.equal(errorName(partition.errorCode), 'NONE')
  assert.equal(partition.leaderId, 1)
  assert.ok(partition.leaderEpoch > 0)
  assert.ok(partition.highWatermark > 0)
  assert.equal(partition.currentVoters.length, 1)
  assert.deepEqual(partition.observers, [])
  const [voter] = partition.currentVoters
  assert.equal(voter!.replicaId, 1)
  assert.equal(voter!.replicaDirectoryId, zeroUuid)
  assert.ok(voter!.logEndOffset >= partition.highWatermark)
  assert.equal(voter!.lastFetchTimestamp, voter!.lastCaughtUpTimestamp)
  assert.ok(Math.abs(voter!.lastFetchTimestamp - Date.now()) < 60_000)
  assert.equal(partition.nodes.length, 1)
  assert.equal(partition.nodes[0]!.nodeId, 1)
  assert.equal(partition.nodes[0]!.listeners.length, 1)
})

test('version 0 has no times', async t => {
  const [voter] = (await quorum(await (await TestBroker.start(t)).connect(), 0)).currentVoters
  assert.deepEqual([voter!.lastFetchTimestamp, voter!.lastCaughtUpTimestamp], [-1, -1])
})

test('the offset rises with each change, also over restarts, of which each begins an epoch', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  let client = await broker.connect()
  const first = await quorum(client)
  assert.equal(first.leaderEpoch, 1)
  await createTopic(client, 'topic')
  const second = await quorum(client)
  assert.ok(second.highWatermark > first.highWatermark)
  assert.equal(second.leaderEpoch, 1)
  assert.equal((await quorum(client)).highWatermark, second.highWatermark)
  await broker.restart()
  client = await broker.connect()
  const third = await quorum(client)
  assert.ok(third.highWatermark > second.highWatermark)
  assert.equal(third.leaderEpoch, 2)
})

const unknown: [string, [string, number[]][]][] = [
  ['another topic', [['other', [0, 3]]]],
  ['another partition', [['__cluster_metadata', [1]]]],
  ['a partition twice', [['__cluster_metadata', [0, 0]]]],
  [
    'two topics',
    [
      ['__cluster_metadata', [0]],
      ['other', []],
    ],
  ],
]

for (const [what, topics] of unknown) {
  test(`no quorum: ${what}`, async t => {
    const client = await (await TestBroker.start(t)).connect()
    const answer = await ask(client, topics)
    assert.equal(answer.errorCode, 0)
    assert.deepEqual(answer.nodes, [])
    assert.deepEqual(
      answer.topics.map(({ topicName, partitions }) => [
        topicName,
        partitions.map(partition => {
          assert.equal(errorName(partition.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
          assert.equal(partition.errorMessage, 'This server does not host this topic-partition.')
          assert.deepEqual(partition.currentVoters, [])
          return partition.partitionIndex
        }),
      ]),
      topics,
    )
  })
}

test('no topics, no quorum', async t => {
  const answer = await ask(await (await TestBroker.start(t)).connect(), [])
  assert.deepEqual([answer.errorCode, answer.topics, answer.nodes], [0, [], []])
})

const directory = 'AAAAAAAAAAAAAAAAAAAAEQ'
const listeners = [{ name: 'CONTROLLER', host: '127.0.0.1', port: 9093 }]

test('voters are not added or removed', async t => {
  const client = await (await TestBroker.start(t)).connect()
  const { clusterId } = await client.ask(describeCluster, 0, {})
  type Voter = [clusterId: string | null, voterId: number, voterDirectoryId: string]
  const both = async (...[id, voterId, voterDirectoryId]: Voter) => {
    const voter = { clusterId: id, voterId, voterDirectoryId }
    const added = await client.ask(addRaftVoter, 1, { ...voter, listeners, timeoutMs: 1000 })
    const removed = await client.ask(removeRaftVoter, 0, voter)
    return [added, removed].map(answer => `${errorName(answer.errorCode)}: ${answer.errorMessage}`)
  }
  const refused = [
    "UNSUPPORTED_VERSION: Cluster doesn't support adding voter because the kraft.version feature is 0",
    "UNSUPPORTED_VERSION: Cluster doesn't support removing voter because the kraft.version feature is 0",
  ]
  assert.deepEqual(await both(clusterId, 5, directory), refused)
  assert.deepEqual(await both(null, 1, directory), refused)
  const invalid = [
    "INVALID_REQUEST: Add voter request didn't include a valid voter",
    "INVALID_REQUEST: Remove voter request didn't include a valid voter",
  ]
  assert.deepEqual(await both(clusterId, 5, zeroUuid), invalid)
  assert.deepEqual(await both(clusterId, -1, directory), invalid)
  const other = `INCONSISTENT_CLUSTER_ID: The given id "x" doesn't match the cluster id "${clusterId}"`
  assert.deepEqual(await both('x', 5, zeroUuid), [other, other])
})

test('a broker that is not there cannot be unregistered', async t => {
  const client = await (await TestBroker.start(t)).connect()
  for (const brokerId of [77, -1]) {
    const answer = await client.ask(unregisterBroker, 0, { brokerId })
    assert.equal(errorName(answer.errorCode), 'BROKER_ID_NOT_REGISTERED')
    assert.equal(answer.errorMessage, `Broker ID ${brokerId} is not currently registered`)
  }
})

// Kafka does it, and is of no use until it is started again.
test('the broker that runs is not unregistered', async t => {
  const client = await (await TestBroker.start(t, { set: {} })).connect()
  const answer = await client.ask(unregisterBroker, 0, { brokerId: 1 })
  assert.equal(errorName(answer.errorCode), 'INVALID_REQUEST')
  await createTopic(client, 'topic')
})
