/** Classic groups with real requests: members come and go, commit offsets, and find all again after a restart. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { encodeSubscription } from '#protocol/consumer-protocol.ts'
import { errorName } from '#protocol/error-codes.ts'
import { deleteGroups } from '#protocol/messages/delete-groups.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import { describeGroups } from '#protocol/messages/describe-groups.ts'
import { findCoordinator } from '#protocol/messages/find-coordinator.ts'
import { heartbeat } from '#protocol/messages/heartbeat.ts'
import { joinGroup } from '#protocol/messages/join-group.ts'
import { leaveGroup } from '#protocol/messages/leave-group.ts'
import { listGroups } from '#protocol/messages/list-groups.ts'
import { offsetCommit } from '#protocol/messages/offset-commit.ts'
import { offsetDelete } from '#protocol/messages/offset-delete.ts'
import { offsetFetch } from '#protocol/messages/offset-fetch.ts'
import { syncGroup } from '#protocol/messages/sync-group.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { createTopic } from '../support/records.ts'

interface Setting {
  readonly broker: TestBroker
  readonly client: RawClient
  readonly group: string
  readonly topic: string
}

async function start(t: TestContext, options?: Parameters<typeof TestBroker.start>[1]): Promise<Setting> {
  const broker = await TestBroker.start(t, options)
  const client = await broker.connect()
  const group = broker.name('group')
  // A cluster that has no group yet makes the topic of its coordinators first.
  for (let error = 15; error === 15;) error = (await client.ask(findCoordinator, 3, { key: group })).errorCode
  const topic = broker.name('topic')
  await createTopic(client, topic, { partitions: 2 })
  return { broker, client, group, topic }
}

/** One member, on a connection of its own: a join that waits holds up its connection. */
class Member {
  readonly client: RawClient
  readonly group: string
  readonly topic: string
  readonly instanceId: string | null
  memberId = ''
  generationId = -1
  isLeader = false

  constructor(client: RawClient, { group, topic }: Setting, instanceId: string | null = null) {
    this.client = client
    this.group = group
    this.topic = topic
    this.instanceId = instanceId
  }

  /** @returns the member ids that the leader is told; none of another member */
  async join(): Promise<string[]> {
    const answer = await this.client.ask(joinGroup, 9, {
      groupId: this.group,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      memberId: this.memberId,
      groupInstanceId: this.instanceId,
      protocolType: 'consumer',
      protocols: [
        {
          name: 'range',
          metadata: encodeSubscription({
            topics: [this.topic],
            userData: null,
            ownedPartitions: [],
            generationId: -1,
            rackId: null,
          }),
        },
      ],
    })
    this.memberId = answer.memberId
    if (errorName(answer.errorCode) === 'MEMBER_ID_REQUIRED') return this.join()
    assert.equal(errorName(answer.errorCode), 'NONE')
    this.generationId = answer.generationId
    this.isLeader = answer.leader === answer.memberId
    return answer.members.map(member => member.memberId)
  }

  /** @returns the assignment, as text */
  async sync(assignments: Record<string, string> = {}): Promise<string> {
    const answer = await this.client.ask(syncGroup, 5, {
      groupId: this.group,
      generationId: this.generationId,
      memberId: this.memberId,
      groupInstanceId: this.instanceId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: Object.entries(assignments).map(([memberId, assignment]) => ({
        memberId,
        assignment: Buffer.from(assignment),
      })),
    })
    return answer.errorCode === 0 ? answer.assignment.toString() : errorName(answer.errorCode)!
  }

  async heartbeat(): Promise<string | undefined> {
    const { group: groupId, generationId, memberId, instanceId: groupInstanceId } = this
    const request = { groupId, generationId, memberId, groupInstanceId }
    return errorName((await this.client.ask(heartbeat, 4, request)).errorCode)
  }

  async leave(): Promise<string | undefined> {
    const members = [{ memberId: this.memberId, groupInstanceId: this.instanceId }]
    const answer = await this.client.ask(leaveGroup, 5, { groupId: this.group, members })
    return errorName(answer.members[0]?.errorCode ?? answer.errorCode)
  }

  async commit(partition: number, offset: bigint, metadata: string | null = ''): Promise<string | undefined> {
    const partitions = [{ partitionIndex: partition, committedOffset: offset, committedMetadata: metadata }]
    const answer = await this.client.ask(offsetCommit, 9, {
      groupId: this.group,
      generationIdOrMemberEpoch: this.generationId,
      memberId: this.memberId,
      groupInstanceId: this.instanceId,
      topics: [{ name: this.topic, partitions }],
    })
    return errorName(answer.topics[0]!.partitions[0]!.errorCode)
  }
}

/** A stable group of two; the first is the leader. */
async function twoMembers(setting: Setting, instanceIds: [string | null, string | null] = [null, null]) {
  const first = new Member(await setting.broker.connect(), setting, instanceIds[0])
  const second = new Member(await setting.broker.connect(), setting, instanceIds[1])
  assert.deepEqual(await first.join(), [first.memberId])
  assert.equal(await first.sync({ [first.memberId]: 'all' }), 'all')
  assert.equal(await first.heartbeat(), 'NONE')

  const joining = second.join()
  let told = await first.heartbeat()
  while (told === 'NONE') told = await first.heartbeat()
  assert.equal(told, 'REBALANCE_IN_PROGRESS')
  const [ids, none] = await Promise.all([first.join(), joining])
  assert.deepEqual(new Set(ids), new Set([first.memberId, second.memberId]))
  assert.deepEqual(none, [])
  assert.equal(first.generationId, 2)
  assert.equal(second.generationId, 2)
  assert.deepEqual([first.isLeader, second.isLeader], [true, false])
  const assigned = await Promise.all([
    second.sync(),
    first.sync({ [first.memberId]: 'one', [second.memberId]: 'two' }),
  ])
  assert.deepEqual(assigned, ['two', 'one'])
  return [first, second] as const
}

async function committed(client: RawClient, { group, topic }: Setting): Promise<unknown> {
  const answer = await client.ask(offsetFetch, 9, {
    groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes: [0, 1] }] }],
  })
  assert.equal(answer.groups[0]!.errorCode, 0)
  return answer.groups[0]!.topics[0]!.partitions.map(({ committedOffset, metadata, errorCode }) => {
    assert.equal(errorCode, 0)
    return [committedOffset, metadata]
  })
}

async function describe(client: RawClient, group: string) {
  const answer = await client.ask(describeGroups, 5, { groups: [group] })
  const { groupState, protocolType, protocolData, members } = answer.groups[0]!
  return { groupState, protocolType, protocolData, members }
}

test('two members share a group, and the one that stays takes over', async t => {
  const setting = await start(t)
  const [first, second] = await twoMembers(setting)
  const described = await describe(setting.client, setting.group)
  assert.equal(described.groupState, 'Stable')
  assert.equal(described.protocolData, 'range')
  assert.deepEqual(
    new Map(described.members.map(each => [each.memberId, each.memberAssignment.toString()])),
    new Map([
      [first.memberId, 'one'],
      [second.memberId, 'two'],
    ]),
  )
  assert.equal(described.members[0]!.clientId, 'test')
  assert.match(described.members[0]!.clientHost, /^\/127\.0\.0\.1$/)

  assert.equal(await first.leave(), 'NONE')
  assert.equal(await second.heartbeat(), 'REBALANCE_IN_PROGRESS')
  assert.deepEqual(await second.join(), [second.memberId])
  assert.deepEqual([second.generationId, second.isLeader], [3, true])
  assert.equal(await second.sync({ [second.memberId]: 'all' }), 'all')
  assert.equal(await first.heartbeat(), 'UNKNOWN_MEMBER_ID')
})

test('offsets are committed by members of the current generation only', async t => {
  const setting = await start(t)
  const [first, second] = await twoMembers(setting)
  assert.deepEqual(await committed(setting.client, setting), [
    [-1n, ''],
    [-1n, ''],
  ])
  assert.equal(await first.commit(0, 5n, 'note'), 'NONE')
  assert.equal(await second.commit(1, 7n, null), 'NONE')
  const expected = [
    [5n, 'note'],
    [7n, ''],
  ]
  assert.deepEqual(await committed(setting.client, setting), expected)
  first.generationId = 1
  assert.equal(await first.commit(0, 6n), 'ILLEGAL_GENERATION')
  second.memberId = 'stranger'
  assert.equal(await second.commit(1, 8n), 'UNKNOWN_MEMBER_ID')
  assert.deepEqual(await committed(setting.client, setting), expected)
})

test('any offset and any note can be committed, up to its length', async t => {
  const setting = await start(t)
  const alone = new Member(setting.client, setting)
  // Without a generation: a group that only keeps offsets.
  for (const offset of [0n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
    assert.equal(await alone.commit(0, offset, 'ü'.repeat(2000)), 'NONE')
    assert.deepEqual(await committed(setting.client, setting), [
      [offset, 'ü'.repeat(2000)],
      [-1n, ''],
    ])
  }
  assert.equal(await alone.commit(0, 1n, 'x'.repeat(4097)), 'OFFSET_METADATA_TOO_LARGE')
  assert.equal(await alone.commit(9, 1n), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('all offsets of a group are asked for with null', async t => {
  const setting = await start(t)
  const alone = new Member(setting.client, setting)
  await alone.commit(1, 3n)
  const answer = await setting.client.ask(offsetFetch, 9, {
    groups: [
      { groupId: setting.group, topics: null },
      { groupId: `${setting.group}-other`, topics: null },
    ],
  })
  assert.deepEqual(
    answer.groups.map(each => [
      each.errorCode,
      each.topics.map(({ name, partitions }) => [name, partitions[0]!.committedOffset]),
    ]),
    [
      [0, [[setting.topic, 3n]]],
      [0, []],
    ],
  )
})

test('a static member comes back without a rebalance', async t => {
  const setting = await start(t)
  const [first, second] = await twoMembers(setting, ['a', 'b'])
  const again = new Member(await setting.broker.connect(), setting, 'b')
  await again.join()
  assert.equal(again.generationId, second.generationId)
  assert.notEqual(again.memberId, second.memberId)
  assert.equal(await again.sync(), 'two')
  assert.equal(await first.heartbeat(), 'NONE')
  assert.equal(await second.heartbeat(), 'FENCED_INSTANCE_ID')
})

test('members with no protocol in common do not get in', async t => {
  const setting = await start(t)
  await twoMembers(setting)
  const join = (protocolType: string, name: string) =>
    setting.client.ask(joinGroup, 3, {
      groupId: setting.group,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      protocolType,
      protocols: [{ name, metadata: Buffer.alloc(0) }],
    })
  assert.equal(errorName((await join('consumer', 'other')).errorCode), 'INCONSISTENT_GROUP_PROTOCOL')
  assert.equal(errorName((await join('connect', 'range')).errorCode), 'INCONSISTENT_GROUP_PROTOCOL')
})

test('session time-outs have their bounds', async t => {
  const { client, group } = await start(t)
  for (const [sessionTimeoutMs, error] of [
    [5_999, 'INVALID_SESSION_TIMEOUT'],
    [6_000, 'NONE'],
    [1_800_001, 'INVALID_SESSION_TIMEOUT'],
  ] as const) {
    const answer = await client.ask(joinGroup, 3, {
      groupId: `${group}-${sessionTimeoutMs}`,
      sessionTimeoutMs,
      rebalanceTimeoutMs: 10_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
    })
    assert.equal(errorName(answer.errorCode), error)
  }
})

test('a group is listed by its state, and deleted when it is empty', async t => {
  const setting = await start(t)
  const { client, group } = setting
  const [first, second] = await twoMembers(setting)
  const isListed = async (state: string) => {
    const answer = await client.ask(listGroups, 5, { statesFilter: [state], typesFilter: [] })
    return answer.groups.some(each => each.groupId === group && each.groupType === 'classic')
  }
  const remove = async () =>
    errorName((await client.ask(deleteGroups, 2, { groupsNames: [group] })).results[0]!.errorCode)
  assert.deepEqual([await isListed('Stable'), await isListed('Empty')], [true, false])
  assert.equal(await remove(), 'NON_EMPTY_GROUP')
  await first.commit(0, 1n)
  await first.leave()
  await second.leave()
  assert.deepEqual([await isListed('Stable'), await isListed('Empty')], [false, true])
  assert.equal(await remove(), 'NONE')
  assert.equal(await remove(), 'GROUP_ID_NOT_FOUND')
  assert.equal((await describe(client, group)).groupState, 'Dead')
  assert.deepEqual(await committed(client, setting), [
    [-1n, ''],
    [-1n, ''],
  ])
})

test('offsets are deleted where nobody reads the topic', async t => {
  const setting = await start(t)
  const { client, group, topic } = setting
  const [first, second] = await twoMembers(setting)
  await first.commit(0, 1n)
  const remove = async () => {
    const partitions = [{ partitionIndex: 0 }]
    const answer = await client.ask(offsetDelete, 0, {
      groupId: group,
      topics: [{ name: topic, partitions }],
    })
    return errorName(answer.errorCode || answer.topics[0]!.partitions[0]!.errorCode)
  }
  assert.equal(await remove(), 'GROUP_SUBSCRIBED_TO_TOPIC')
  await first.leave()
  await second.leave()
  assert.equal(await remove(), 'NONE')
  assert.deepEqual(await committed(client, setting), [
    [-1n, ''],
    [-1n, ''],
  ])
})

test('offsets go with their topic', async t => {
  const setting = await start(t, { folder: true })
  const alone = new Member(setting.client, setting)
  await alone.commit(0, 5n)
  await setting.client.ask(deleteTopics, 6, { topics: [{ name: setting.topic }], timeoutMs: 10_000 })
  await createTopic(setting.client, setting.topic, { partitions: 2 })
  assert.deepEqual(await committed(setting.client, setting), [
    [-1n, ''],
    [-1n, ''],
  ])
})

test('after a restart the group goes on where it was', async t => {
  const setting = await start(t, { folder: true })
  const { broker, group } = setting
  const before = await twoMembers(setting, [null, 'static'])
  await before[0].commit(0, 2n ** 60n, 'note')
  await before[1].commit(1, 7n)
  await broker.restart()

  const client = await broker.connect()
  assert.deepEqual(await committed(client, setting), [
    [2n ** 60n, 'note'],
    [7n, ''],
  ])
  const described = await describe(client, group)
  assert.deepEqual([described.groupState, described.members.length], ['Stable', 2])
  // The members do not notice: their generation goes on, on new connections.
  for (const member of before) {
    const after = Object.assign(new Member(await broker.connect(), setting, member.instanceId), {
      memberId: member.memberId,
      generationId: member.generationId,
    })
    assert.equal(await after.heartbeat(), 'NONE')
    assert.equal(await after.commit(0, 9n), 'NONE')
    assert.equal(await after.sync(), member === before[0] ? 'one' : 'two')
  }
})

test('a member that says nothing is out when its session is over', async t => {
  const clock = new FakeClock()
  const setting = await start(t, { clock })
  // Even a rebalance delay of 0 is a timer.
  const ticking = setInterval(() => void clock.advance(1), 1)
  const [first, second] = await twoMembers(setting).finally(() => clearInterval(ticking))
  await clock.advance(20_000)
  assert.equal(await first.heartbeat(), 'NONE')
  await clock.advance(20_000)
  assert.equal(await first.heartbeat(), 'REBALANCE_IN_PROGRESS')
  assert.deepEqual(await first.join(), [first.memberId])
  assert.equal(await second.heartbeat(), 'UNKNOWN_MEMBER_ID')
})

test('offsets of a group without members expire', async t => {
  const clock = new FakeClock()
  const set = { 'offsets.retention.minutes': '10', 'offsets.retention.check.interval.ms': '60000' }
  const setting = await start(t, { folder: true, clock, set })
  await new Member(setting.client, setting).commit(0, 5n)
  await clock.advance(9 * 60_000)
  assert.deepEqual(await committed(setting.client, setting), [
    [5n, ''],
    [-1n, ''],
  ])
  await clock.advance(3 * 60_000)
  const expired = [
    [-1n, ''],
    [-1n, ''],
  ]
  assert.deepEqual(await committed(setting.client, setting), expired)
  await setting.broker.restart()
  assert.deepEqual(await committed(await setting.broker.connect(), setting), expired)
})
