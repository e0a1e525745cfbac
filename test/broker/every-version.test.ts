/** Every API at every version that is advertised: a sensible request is answered, and nothing in it is an error. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zeroUuid } from '#base/random.ts'
import { errorName } from '#protocol/error-codes.ts'
import { joinGroup } from '#protocol/messages/join-group.ts'
import { offsetCommit } from '#protocol/messages/offset-commit.ts'
import { syncGroup } from '#protocol/messages/sync-group.ts'
import type { ApiName } from '#protocol/api-keys.ts'
import { handlers } from '../../src/api/index.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { batchOf, createTopic, produceTo, someTimeMs } from '../support/records.ts'

/** What there is when a request is sent: made anew for each. */
interface World {
  readonly topic: string
  readonly topicId: string
  /** A group with one member. */
  readonly groupId: string
  readonly memberId: string
  readonly generationId: number
  /** A group without members that has committed offsets. */
  readonly emptyGroupId: string
  readonly fresh: string
}

type MakeRequest = (version: number, world: World) => object

/** A topic by its name, or by its id where the version has that. */
const named = (world: World, byId: boolean, nameField = 'name'): object =>
  byId ? { topicId: world.topicId } : { [nameField]: world.topic }

const requests: Partial<Record<ApiName, MakeRequest>> = {
  Produce: (version, world) => ({
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      { ...named(world, version >= 13), partitionData: [{ index: 0, records: batchOf(['more']) }] },
    ],
  }),
  Fetch: (version, world) => ({
    maxWaitMs: 1000,
    minBytes: 1,
    ...(version >= 7 ? { sessionId: 0, sessionEpoch: 0 } : {}),
    topics: [
      {
        ...named(world, version >= 13, 'topic'),
        partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 100_000 }],
      },
    ],
  }),
  ListOffsets: (_, world) => ({
    replicaId: -1,
    topics: [{ name: world.topic, partitions: [{ partitionIndex: 0, timestamp: someTimeMs }] }],
  }),
  Metadata: (version, world) => ({
    topics:
      version >= 13
        ? [{ topicId: world.topicId, name: null }]
        : [{ name: world.topic }, { name: world.fresh }],
    ...(version >= 8 ? { includeTopicAuthorizedOperations: true } : {}),
  }),
  OffsetCommit: (version, world) => ({
    groupId: world.groupId,
    generationIdOrMemberEpoch: world.generationId,
    memberId: world.memberId,
    topics: [
      {
        ...named(world, version >= 10),
        partitions: [{ partitionIndex: 0, committedOffset: 1n, committedMetadata: 'note' }],
      },
    ],
  }),
  OffsetFetch: (version, world) =>
    version < 8
      ? { groupId: world.emptyGroupId, topics: [{ name: world.topic, partitionIndexes: [0, 7] }] }
      : {
          groups: [
            {
              groupId: world.emptyGroupId,
              topics: [{ ...named(world, version >= 10), partitionIndexes: [0, 7] }],
            },
          ],
        },
  FindCoordinator: (version, world) =>
    version < 4 ? { key: world.groupId } : { coordinatorKeys: [world.groupId, world.fresh] },
  JoinGroup: (version, world) => ({
    groupId: world.fresh,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('meta') }],
    // From version 4 on only static members get in without a second request.
    ...(version >= 5 ? { groupInstanceId: 'static' } : {}),
  }),
  Heartbeat: (_, { groupId, memberId, generationId }) => ({ groupId, memberId, generationId }),
  LeaveGroup: (version, { groupId, memberId }) =>
    version < 3 ? { groupId, memberId } : { groupId, members: [{ memberId }] },
  SyncGroup: (version, { groupId, memberId, generationId }) => ({
    groupId,
    memberId,
    generationId,
    ...(version >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {}),
    assignments: [],
  }),
  DescribeGroups: (version, world) => ({
    groups: [world.groupId, world.emptyGroupId],
    ...(version >= 3 ? { includeAuthorizedOperations: true } : {}),
  }),
  ListGroups: version => ({
    ...(version >= 4 ? { statesFilter: ['Stable'] } : {}),
    ...(version >= 5 ? { typesFilter: ['classic'] } : {}),
  }),
  ApiVersions: version => (version >= 3 ? { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' } : {}),
  CreateTopics: (_, world) => ({
    topics: [
      {
        name: world.fresh,
        numPartitions: 2,
        replicationFactor: 1,
        configs: [{ name: 'retention.ms', value: '1000' }],
      },
    ],
    timeoutMs: 1000,
  }),
  DeleteTopics: (version, world) => ({
    ...(version >= 6 ? { topics: [{ topicId: world.topicId, name: null }] } : { topicNames: [world.topic] }),
    timeoutMs: 1000,
  }),
  DeleteRecords: (_, world) => ({
    topics: [{ name: world.topic, partitions: [{ partitionIndex: 0, offset: 1 }] }],
    timeoutMs: 1000,
  }),
  InitProducerId: () => ({ transactionalId: null, transactionTimeoutMs: 2 ** 31 - 1 }),
  OffsetForLeaderEpoch: (_, world) => ({
    topics: [{ topic: world.topic, partitions: [{ partition: 0, leaderEpoch: 0 }] }],
  }),
  DescribeConfigs: (version, world) => ({
    resources: [
      { resourceType: 2, resourceName: world.topic, configurationKeys: null },
      { resourceType: 4, resourceName: '1', configurationKeys: ['log.retention.ms', 'num.io.threads'] },
    ],
    includeSynonyms: true,
    ...(version >= 3 ? { includeDocumentation: true } : {}),
  }),
  AlterConfigs: (_, world) => ({
    resources: [
      {
        resourceType: 2,
        resourceName: world.topic,
        configs: [{ name: 'retention.ms', value: '1000' }],
      },
    ],
  }),
  AlterReplicaLogDirs: (_, world) => ({
    dirs: [{ path: 'memory', topics: [{ name: world.topic, partitions: [0] }] }],
  }),
  DescribeLogDirs: (_, world) => ({ topics: [{ topic: world.topic, partitions: [0] }] }),
  CreatePartitions: (_, world) => ({
    topics: [{ name: world.topic, count: 3, assignments: null }],
    timeoutMs: 1000,
  }),
  DeleteGroups: (_, world) => ({ groupsNames: [world.emptyGroupId] }),
  IncrementalAlterConfigs: (_, world) => ({
    resources: [
      {
        resourceType: 2,
        resourceName: world.topic,
        configs: [{ name: 'retention.ms', configOperation: 0, value: '1000' }],
      },
    ],
  }),
  ElectLeaders: (version, world) => ({
    ...(version >= 1 ? { electionType: 1 } : {}),
    topicPartitions: [{ topic: world.topic, partitions: [0] }],
  }),
  AlterPartitionReassignments: (version, world) => ({
    ...(version >= 1 ? { allowReplicationFactorChange: false } : {}),
    topics: [{ name: world.topic, partitions: [{ partitionIndex: 0, replicas: [1] }] }],
  }),
  ListPartitionReassignments: (_, world) => ({ topics: [{ name: world.topic, partitionIndexes: [0] }] }),
  OffsetDelete: (_, world) => ({
    groupId: world.emptyGroupId,
    topics: [{ name: world.topic, partitions: [{ partitionIndex: 0 }] }],
  }),
  DescribeQuorum: () => ({
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  }),
  UpdateFeatures: () => ({ featureUpdates: [{ feature: 'metadata.version', maxVersionLevel: 30 }] }),
  DescribeCluster: version => ({
    includeClusterAuthorizedOperations: true,
    ...(version >= 2 ? { includeFencedBrokers: true } : {}),
  }),
  DescribeProducers: (_, world) => ({ topics: [{ name: world.topic, partitionIndexes: [0] }] }),
  DescribeTopicPartitions: (_, world) => ({
    topics: [{ name: world.topic }],
    responsePartitionLimit: 10,
    cursor: { topicName: world.topic, partitionIndex: 0 },
  }),
  UnregisterBroker: () => ({ brokerId: 77 }),
  ListConfigResources: version => (version >= 1 ? { resourceTypes: [2, 4] } : {}),
  AddRaftVoter: () => ({ ...otherVoter, timeoutMs: 1000, listeners: [] }),
  RemoveRaftVoter: () => otherVoter,
}

const otherVoter = { clusterId: null, voterId: 77, voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAAEQ' }

/** Where an error is the right answer. */
const expectedErrors: Record<string, readonly string[]> = {
  // From version 4 on a new member is told its id first (KIP-394); static ones, from version 5 on, are not.
  'JoinGroup v4': ['MEMBER_ID_REQUIRED'],
  // There is no other broker, and no quorum that could change.
  'UnregisterBroker v0': ['BROKER_ID_NOT_REGISTERED'],
  'AddRaftVoter v0': ['UNSUPPORTED_VERSION'],
  'AddRaftVoter v1': ['UNSUPPORTED_VERSION'],
  'RemoveRaftVoter v0': ['UNSUPPORTED_VERSION'],
  // Each partition is led by its one replica.
  'ElectLeaders v0': ['ELECTION_NOT_NEEDED'],
  'ElectLeaders v1': ['ELECTION_NOT_NEEDED'],
  'ElectLeaders v2': ['ELECTION_NOT_NEEDED'],
}

for (const handler of handlers) {
  const { message, versions } = handler
  for (let version = versions.min; version <= versions.max; version++) {
    const title = `${message.name} v${version}`
    test(title, async t => {
      const broker = await TestBroker.start(t)
      const client = await broker.connect()
      const world = await makeWorld(client)
      const make = requests[message.name]
      assert.ok(make !== undefined, 'this test knows a request')
      const answer = await client.ask(message, version, make(version, world))
      assert.deepEqual(errorsIn(answer), expectedErrors[title] ?? [])
      assert.deepEqual(
        broker.lines.filter(line => line.level === 'error' || /connection|request/.test(line.message)),
        [],
      )
    })
  }
}

async function makeWorld(client: RawClient): Promise<World> {
  const topic = 'topic'
  const topicId = await createTopic(client, topic)
  await produceTo(client, topic, batchOf(['a', 'b', 'c']))
  const groupId = 'group'
  const { memberId, generationId } = await client.ask(joinGroup, 3, {
    groupId,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
  })
  await client.ask(syncGroup, 0, { groupId, memberId, generationId })
  const emptyGroupId = 'empty'
  await client.ask(offsetCommit, 2, {
    groupId: emptyGroupId,
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: 2n }] }],
  })
  assert.notEqual(topicId, zeroUuid)
  return { topic, topicId, groupId, memberId, generationId, emptyGroupId, fresh: 'fresh' }
}

/** Names of all errors, however deep. */
function errorsIn(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.flatMap(errorsIn)
  if (typeof answer !== 'object' || answer === null || Buffer.isBuffer(answer)) return []
  return Object.entries(answer).flatMap(([field, value]) =>
    field === 'errorCode' && value !== 0 ? [errorName(value) ?? String(value)] : errorsIn(value),
  )
}
