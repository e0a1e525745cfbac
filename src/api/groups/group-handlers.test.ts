import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { silentLogger } from '#base/logger.ts'
import { SeededRandom } from '#base/random.ts'
import { GroupCoordinator } from '#groups/group-coordinator.ts'
import { decode, encode } from '#protocol/codec.ts'
import { errorName } from '#protocol/error-codes.ts'
import { Reader } from '#protocol/reader.ts'
import { Writer } from '#protocol/writer.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import type { AnyHandler } from '../dispatch.ts'
import type { RequestContext } from '../handler.ts'
import { deleteGroupsHandler } from './delete-groups.ts'
import { describeGroupsHandler } from './describe-groups.ts'
import { findCoordinatorHandler } from './find-coordinator.ts'
import { heartbeatHandler } from './heartbeat.ts'
import { joinGroupHandler } from './join-group.ts'
import { leaveGroupHandler } from './leave-group.ts'
import { listGroupsHandler } from './list-groups.ts'
import { offsetCommitHandler } from './offset-commit.ts'
import { offsetDeleteHandler } from './offset-delete.ts'
import { offsetFetchHandler } from './offset-fetch.ts'
import { syncGroupHandler } from './sync-group.ts'

const topicId = 'fJGgyD6aSSeoWmRtO5POAg'
const unknownId = '4Ae-RP3eR_aF8y77hDXxJg'
const topic = { name: 'a', topicId, partitionCount: 1, leaderEpoch: 0 }

class Bench {
  readonly clock = new FakeClock()
  readonly context: Omit<RequestContext, 'version'>

  constructor() {
    const groups = new GroupCoordinator({
      store: new MemoryMetadataStore(),
      rows: { groups: [], offsets: [] },
      clock: this.clock,
      random: new SeededRandom(7),
      logger: silentLogger,
      topics: { topicId: name => (name === 'a' ? topicId : undefined) },
      config: {
        minSessionTimeoutMs: 6000,
        maxSessionTimeoutMs: 1_800_000,
        maxSize: 10,
        initialRebalanceDelayMs: 0,
        offsetMetadataMaxLength: 4096,
        offsetsRetentionMs: 1e9,
        offsetsRetentionCheckIntervalMs: 600_000,
      },
    })
    const image = { topicsByName: new Map([['a', topic]]), topicsById: new Map([[topicId, topic]]) }
    this.context = {
      clientId: 'client',
      connection: {
        clientHost: '10.0.0.1',
        advertised: { host: 'here', port: 9 },
        signal: new AbortController().signal,
      },
      image,
      services: { brokerId: 1, groups },
    } as unknown as Omit<RequestContext, 'version'>
  }

  /** Through the wire form of `version` both ways, so that what a version cannot carry is caught. */
  async ask(handler: unknown, version: number, request: object): Promise<any> {
    const { message } = handler as AnyHandler
    const bytes = (schema: never, value: object): Reader => {
      const writer = new Writer()
      encode(schema, version, value as never, writer)
      return new Reader(Buffer.concat(writer.finish().parts as Buffer[]))
    }
    const decoded = decode(message.request, version, bytes(message.request as never, request))
    const answering = (handler as AnyHandler).handle({ ...this.context, version }, decoded as never)
    await this.clock.advance(5)
    const response = await answering
    return decode(message.response, version, bytes(message.response as never, response as object))
  }
}

const joining = {
  groupId: 'g',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  memberId: '',
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('000000000000ffffffff', 'hex') }],
}

function commitOf(partitionIndex: number, committedOffset: bigint) {
  return { partitionIndex, committedOffset, committedMetadata: null }
}

test('a member goes through its life at the oldest and the newest versions', async () => {
  for (const [join, sync, beat, leave] of [
    [0, 0, 0, 0],
    [9, 5, 4, 5],
  ] as const) {
    const bench = new Bench()
    const { rebalanceTimeoutMs: _, ...old } = joining
    let joined = await bench.ask(joinGroupHandler, join, join === 0 ? old : joining)
    if (join >= 4) {
      assert.equal(errorName(joined.errorCode), 'MEMBER_ID_REQUIRED')
      assert.equal(joined.protocolName, null)
      joined = await bench.ask(joinGroupHandler, join, { ...joining, memberId: joined.memberId })
    }
    const { memberId } = joined
    assert.match(memberId, /^client-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.deepEqual([joined.errorCode, joined.generationId, joined.leader], [0, 1, memberId])
    assert.deepEqual(joined.members[0].metadata, joining.protocols[0]!.metadata)
    const assignment = Buffer.from([1, 2, 3])
    const names = sync >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {}
    const syncing = {
      groupId: 'g',
      generationId: 1,
      memberId,
      ...names,
      assignments: [{ memberId, assignment }],
    }
    assert.deepEqual((await bench.ask(syncGroupHandler, sync, syncing)).assignment, assignment)
    const alive = await bench.ask(heartbeatHandler, beat, { groupId: 'g', generationId: 1, memberId })
    assert.equal(alive.errorCode, 0)
    const { groups } = await bench.ask(describeGroupsHandler, 6, { groups: ['g'] })
    assert.equal(groups[0].groupState, 'Stable')
    assert.equal(groups[0].members[0].clientHost, '/10.0.0.1')
    assert.deepEqual(groups[0].members[0].memberAssignment, assignment)
    const leaving = leave < 3 ? { groupId: 'g', memberId } : { groupId: 'g', members: [{ memberId }] }
    assert.equal((await bench.ask(leaveGroupHandler, leave, leaving)).errorCode, 0)
    const again = await bench.ask(leaveGroupHandler, leave, leaving)
    const { errorCode } = leave < 3 ? again : again.members[0]
    assert.equal(errorName(errorCode), 'UNKNOWN_MEMBER_ID')
  }
})

test('from version 5 on SyncGroup must say which protocol it means', async () => {
  const syncing = { groupId: 'g', generationId: 1, memberId: 'm', assignments: [] }
  const { errorCode } = await new Bench().ask(syncGroupHandler, 5, syncing)
  assert.equal(errorName(errorCode), 'INCONSISTENT_GROUP_PROTOCOL')
})

test('commits are answered partition by partition, by name and by id', async () => {
  const bench = new Bench()
  const byName = await bench.ask(offsetCommitHandler, 2, {
    groupId: 'g',
    topics: [
      { name: 'a', partitions: [commitOf(0, 5n), commitOf(1, 5n), commitOf(-1, 5n)] },
      { name: 'none', partitions: [commitOf(0, 5n)] },
    ],
  })
  const codes = (response: any): (string | undefined)[] =>
    response.topics.flatMap((t: any) => t.partitions.map((p: any) => errorName(p.errorCode)))
  const unknown = 'UNKNOWN_TOPIC_OR_PARTITION'
  assert.deepEqual(codes(byName), ['NONE', unknown, unknown, unknown])
  const byId = await bench.ask(offsetCommitHandler, 10, {
    groupId: 'g',
    topics: [
      { topicId: unknownId, partitions: [commitOf(0, 6n)] },
      { topicId, partitions: [commitOf(0, 9223372036854775807n)] },
    ],
  })
  assert.deepEqual(codes(byId), ['UNKNOWN_TOPIC_ID', 'NONE'])
  const stranger = { groupId: 'none', generationIdOrMemberEpoch: 1, memberId: 'm' }
  const topics = [{ name: 'a', partitions: [commitOf(0, 5n)] }]
  assert.deepEqual(codes(await bench.ask(offsetCommitHandler, 8, { ...stranger, topics })), [
    'ILLEGAL_GENERATION',
  ])
  assert.deepEqual(codes(await bench.ask(offsetCommitHandler, 9, { ...stranger, topics })), [
    'GROUP_ID_NOT_FOUND',
  ])

  const single = await bench.ask(offsetFetchHandler, 1, {
    groupId: 'g',
    topics: [{ name: 'a', partitionIndexes: [0, 7] }],
  })
  assert.deepEqual(
    single.topics[0].partitions.map((p: any) => p.committedOffset),
    [9223372036854775807n, -1n],
  )
  assert.equal((await bench.ask(offsetFetchHandler, 7, { groupId: 'g', topics: null })).topics.length, 1)
  const several = await bench.ask(offsetFetchHandler, 10, {
    groups: [
      { groupId: 'g', topics: [{ topicId: unknownId, partitionIndexes: [0] }] },
      { groupId: 'g', topics: null },
      { groupId: 'none', topics: null },
    ],
  })
  assert.equal(errorName(several.groups[0].topics[0].partitions[0].errorCode), 'UNKNOWN_TOPIC_ID')
  assert.equal(several.groups[1].topics[0].topicId, topicId)
  assert.deepEqual(several.groups[2].topics, [])

  const deleted = await bench.ask(offsetDeleteHandler, 0, {
    groupId: 'g',
    topics: [
      { name: 'none', partitions: [{ partitionIndex: 0 }] },
      { name: 'a', partitions: [{ partitionIndex: 3 }, { partitionIndex: 0 }] },
    ],
  })
  assert.deepEqual(codes(deleted), [unknown, unknown, 'NONE'])
  assert.equal((await bench.ask(offsetFetchHandler, 7, { groupId: 'g', topics: null })).topics.length, 0)
})

test('groups are listed by state and type, described, and deleted', async () => {
  const bench = new Bench()
  await bench.ask(offsetCommitHandler, 8, {
    groupId: 'g',
    topics: [{ name: 'a', partitions: [commitOf(0, 5n)] }],
  })
  const listed = async (version: number, filter: object): Promise<number> =>
    (await bench.ask(listGroupsHandler, version, filter)).groups.length
  assert.equal(await listed(0, {}), 1)
  assert.equal(await listed(4, { statesFilter: ['EMPTY '] }), 1)
  assert.equal(await listed(4, { statesFilter: ['Stable'] }), 0)
  assert.equal(await listed(5, { statesFilter: [], typesFilter: ['Classic'] }), 1)
  assert.equal(await listed(5, { statesFilter: [], typesFilter: ['consumer'] }), 0)
  const older = await bench.ask(describeGroupsHandler, 5, {
    groups: ['none'],
    includeAuthorizedOperations: true,
  })
  assert.deepEqual([older.groups[0].groupState, older.groups[0].authorizedOperations], ['Dead', 3400])
  const newer = await bench.ask(describeGroupsHandler, 6, { groups: ['none'] })
  assert.equal(errorName(newer.groups[0].errorCode), 'GROUP_ID_NOT_FOUND')
  assert.equal(newer.groups[0].errorMessage, 'Group none not found.')
  const { results } = await bench.ask(deleteGroupsHandler, 2, { groupsNames: ['g', 'g', 'none'] })
  assert.deepEqual(
    results.map((result: any) => errorName(result.errorCode)),
    ['NONE', 'GROUP_ID_NOT_FOUND'],
  )
})

test('groups are coordinated here, other kinds of keys are refused for good', async () => {
  const bench = new Bench()
  const one = await bench.ask(findCoordinatorHandler, 0, { key: 'g' })
  assert.deepEqual([one.errorCode, one.nodeId, one.host, one.port], [0, 1, 'here', 9])
  const many = await bench.ask(findCoordinatorHandler, 6, { keyType: 0, coordinatorKeys: ['g', ''] })
  assert.deepEqual(
    many.coordinators.map((coordinator: any) => [
      coordinator.key,
      coordinator.port,
      coordinator.errorMessage,
    ]),
    [
      ['g', 9, ''],
      ['', 9, ''],
    ],
  )
  for (const keyType of [1, 2, 7]) {
    const refused = await bench.ask(findCoordinatorHandler, 3, { key: 'x', keyType })
    assert.deepEqual([errorName(refused.errorCode), refused.nodeId], ['INVALID_REQUEST', -1])
    assert.notEqual(refused.errorMessage, '')
  }
})
