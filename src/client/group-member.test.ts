import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { silentLogger } from '#base/logger.ts'
import { SeededRandom } from '#base/random.ts'
import type { ApiName } from '#protocol/api-keys.ts'
import { decodeAssignment, encodeAssignment, encodeSubscription } from '#protocol/consumer-protocol.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import { ScriptedBroker } from '../../test/support/scripted-broker.ts'
import { settled } from '../../test/support/settled.ts'
import { Cluster } from './cluster.ts'
import { GroupMember } from './group-member.ts'

const ownAssignment = encodeAssignment({ partitions: [{ topic: 't', partition: 1 }], userData: null })
const heartbeatIntervalMs = 3000

/** A member, and a broker that answers each API with the next error of its list, and well when there is none. */
async function setUp(errors: Partial<Record<ApiName, ErrorName[]>> = {}) {
  const clock = new FakeClock()
  const next = (api: ApiName): number => errorCode(errors[api]?.shift() ?? 'NONE')
  let memberIds = 0
  const broker = new ScriptedBroker({
    Metadata: () => ({
      brokers: [{ nodeId: 1, host: 'broker', port: 9092 }],
      topics: [{ name: 't', partitions: [0, 1, 2].map(partitionIndex => ({ partitionIndex, leaderId: 1 })) }],
    }),
    FindCoordinator: () => ({ nodeId: 1, host: 'broker', port: 9092 }),
    JoinGroup: ({ memberId }) => {
      const failure = next('JoinGroup')
      if (failure !== 0) return { errorCode: failure }
      if (memberId === '')
        return { errorCode: errorCode('MEMBER_ID_REQUIRED'), memberId: `member-${++memberIds}` }
      const metadata = encodeSubscription({
        topics: ['t'],
        userData: null,
        ownedPartitions: [],
        generationId: -1,
        rackId: null,
      })
      const members = [memberId, 'another'].map(memberId => ({ memberId, metadata }))
      return { generationId: 5, protocolName: 'range', leader: memberId, memberId, members }
    },
    SyncGroup: () => ({ errorCode: next('SyncGroup'), assignment: ownAssignment }),
    Heartbeat: () => ({ errorCode: next('Heartbeat') }),
    LeaveGroup: () => ({}),
  })
  const cluster = new Cluster({
    bootstrap: [broker.address],
    clientId: 'test',
    clock,
    random: new SeededRandom(1),
    logger: silentLogger,
    dial: broker.dial,
  })
  const member = new GroupMember(cluster, {
    groupId: 'g',
    sessionTimeoutMs: 45_000,
    heartbeatIntervalMs,
    rebalanceTimeoutMs: 60_000,
  })
  member.subscribe(['t'])
  const asked = (api: ApiName) =>
    broker.asked.filter(asked => asked.api === api).map(({ request }) => request)
  const beats = (count: number) =>
    settled(
      clock,
      untilTrue(() => asked('Heartbeat').length >= count),
      2 * count * heartbeatIntervalMs,
    )
  return { clock, broker, member, asked, beats, join: () => settled(clock, member.join()) }
}

async function untilTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

test('joins with the id that it is given, assigns as leader, and has what the broker says', async () => {
  const { member, asked, join } = await setUp()
  assert.equal(member.mustJoin, true)
  assert.deepEqual(await join(), [{ topic: 't', partition: 1 }])
  assert.equal(member.mustJoin, false)
  assert.deepEqual(
    asked('JoinGroup').map(({ memberId }) => memberId),
    ['', 'member-1'],
  )
  const [sync] = asked('SyncGroup')
  const shares = sync.assignments.map(({ memberId, assignment }: any) => [
    memberId,
    decodeAssignment(assignment).partitions.map(({ partition }) => partition),
  ])
  assert.deepEqual(Object.fromEntries(shares), { another: [0, 1], 'member-1': [2] })
  assert.deepEqual(member.committer, { memberId: 'member-1', generationId: 5, groupInstanceId: null })
})

test('sends heartbeats, and joins anew when the group rebalances', async () => {
  const { member, asked, join, beats } = await setUp({
    Heartbeat: ['NONE', 'REBALANCE_IN_PROGRESS'],
  })
  await join()
  await beats(1)
  assert.equal(member.mustJoin, false)
  await beats(3)
  assert.equal(member.mustJoin, true)
  await join()
  assert.equal(member.mustJoin, false)
  assert.equal(asked('JoinGroup').at(-1).memberId, 'member-1')
})

test('begins as a new member when the group has dropped it', async () => {
  const { member, asked, join, beats } = await setUp({ Heartbeat: ['UNKNOWN_MEMBER_ID'] })
  await join()
  await beats(2)
  assert.equal(member.mustJoin, true)
  await join()
  assert.deepEqual(
    asked('JoinGroup').map(({ memberId }) => memberId),
    ['', 'member-1', '', 'member-2'],
  )
})

test('joins again when the group moves on before it has its part', async () => {
  const { asked, join } = await setUp({ SyncGroup: ['REBALANCE_IN_PROGRESS'] })
  assert.deepEqual(await join(), [{ topic: 't', partition: 1 }])
  assert.equal(asked('SyncGroup').length, 2)
})

test('looks for the coordinator anew when it has moved', async () => {
  const { asked, join } = await setUp({ JoinGroup: ['NOT_COORDINATOR'] })
  await join()
  assert.equal(asked('FindCoordinator').length, 2)
})

test('fails for good on what joining again does not cure', async () => {
  const refused = await setUp({ JoinGroup: ['GROUP_AUTHORIZATION_FAILED'] })
  await assert.rejects(refused.join(), { errorName: 'GROUP_AUTHORIZATION_FAILED' })
  const { member, join, beats } = await setUp({ Heartbeat: ['GROUP_AUTHORIZATION_FAILED'] })
  await join()
  await beats(2)
  assert.throws(() => member.mustJoin, { errorName: 'GROUP_AUTHORIZATION_FAILED' })
})

test('leaves, also while it waits for the others, and then does not come back', async () => {
  const { clock, broker, member, asked } = await setUp()
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const answered = broker.answers.SyncGroup
  broker.answers.SyncGroup = () => promise
  const joining = member.join()
  await settled(
    clock,
    untilTrue(() => asked('SyncGroup').length === 1),
  )
  await settled(clock, member.leave())
  assert.deepEqual(
    asked('LeaveGroup').map(({ memberId }) => memberId),
    ['member-1'],
  )
  broker.answers.SyncGroup = answered!
  resolve({ errorCode: errorCode('UNKNOWN_MEMBER_ID') })
  await assert.rejects(settled(clock, joining), { errorName: 'UNKNOWN_MEMBER_ID' })
  await clock.advance(10 * heartbeatIntervalMs)
  assert.equal(asked('Heartbeat').length, 0)
  assert.equal(asked('JoinGroup').length, 2)
})
