import assert from 'node:assert/strict'
import { test } from 'node:test'
import { protocol, TestGroup, text } from './test-group.ts'

/** Two static members, `i0` leads. */
function stableGroup(): { group: TestGroup; leader: string; follower: string } {
  const group = new TestGroup()
  const [leader, follower] = group.stabilise(2, index => ({ groupInstanceId: `i${index}` }))
  return { group, leader: leader!, follower: follower! }
}

test('a restarted static member takes its place, keeps its assignment and disturbs nobody', () => {
  const { group, follower } = stableGroup()
  const persisted = group.persistedCount
  const requestId = group.join({ groupInstanceId: 'i1' })
  const result = group.joins.get(requestId)!
  assert.equal(result.error, 'NONE')
  assert.equal(result.generationId, 1)
  assert.notEqual(result.memberId, follower)
  assert.equal(result.skipAssignment, false)
  assert.equal(group.group.state, 'Stable')
  assert.equal(group.persistedCount, persisted + 1, 'its new id is durable')
  const sync = group.sync(result.memberId, { groupInstanceId: 'i1' })
  assert.equal(text(group.syncs.get(sync)!.assignment), follower)
})

test('its former self is fenced, in whatever it asks', () => {
  const { group, follower } = stableGroup()
  group.join({ groupInstanceId: 'i1' })
  assert.equal(group.heartbeat(follower, 1, 'i1'), 'FENCED_INSTANCE_ID')
  assert.equal(group.heartbeat(follower), 'UNKNOWN_MEMBER_ID')
  const join = group.join({ memberId: follower, groupInstanceId: 'i1' })
  assert.equal(group.joins.get(join)!.error, 'FENCED_INSTANCE_ID')
  const sync = group.sync(follower, { groupInstanceId: 'i1' })
  assert.equal(group.syncs.get(sync)!.error, 'FENCED_INSTANCE_ID')
  const left = group.leave({ memberId: follower, groupInstanceId: 'i1' })
  assert.equal(left.members[0]!.error, 'FENCED_INSTANCE_ID')
})

test('a restarted leader keeps the assignment; one whose client cannot know that is told of its former self', () => {
  const { group, leader } = stableGroup()
  const first = group.joins.get(group.join({ groupInstanceId: 'i0' }))!
  assert.equal(first.skipAssignment, true)
  assert.equal(first.leader, first.memberId)
  assert.equal(first.members.length, 2)
  assert.notEqual(first.memberId, leader)
  const second = group.joins.get(group.join({ groupInstanceId: 'i0', supportsSkippingAssignment: false }))!
  assert.equal(second.skipAssignment, false)
  assert.equal(second.leader, first.memberId)
  assert.deepEqual(second.members, [])
  assert.equal(group.group.leaderId, second.memberId)
})

test('a restart that changes the choice of protocol rebalances, one that only adds to it does not', () => {
  const group = new TestGroup()
  const both = [protocol('range'), protocol('sticky')]
  group.stabilise(2, index => ({ groupInstanceId: `i${index}`, protocols: both }))
  group.join({ groupInstanceId: 'i1', protocols: [...both, protocol('third')] })
  assert.equal(group.group.state, 'Stable')
  group.join({ groupInstanceId: 'i1', protocols: [protocol('sticky')] })
  assert.equal(group.group.state, 'PreparingRebalance')
})

test('a restart while the leader assigns begins the rebalance anew and frees who waited', () => {
  const { group, leader, follower } = stableGroup()
  const joins = [
    group.join({ memberId: leader, groupInstanceId: 'i0' }),
    group.join({ memberId: follower, groupInstanceId: 'i1' }),
  ]
  assert(joins.every(requestId => group.joins.has(requestId)))
  const waiting = group.sync(follower, { groupInstanceId: 'i1' })
  group.join({ groupInstanceId: 'i1' })
  assert.equal(group.syncs.get(waiting)!.error, 'FENCED_INSTANCE_ID')
  assert.equal(group.group.state, 'PreparingRebalance')
})

test('a silent static member stays in the group until its session ends', () => {
  const { group, leader, follower } = stableGroup()
  group.advance(5000)
  const requestId = group.join({ memberId: leader, groupInstanceId: 'i0', rebalanceTimeoutMs: 4000 })
  group.advance(4999)
  assert.equal(group.group.state, 'PreparingRebalance')
  group.advance(1)
  assert.equal(group.joins.get(requestId)!.error, 'NONE', 'the session of the other one was over first')
  assert.equal(group.heartbeat(follower, 2, 'i1'), 'UNKNOWN_MEMBER_ID')

  const patient = new TestGroup()
  const [first] = patient.stabilise(2, index => ({
    groupInstanceId: `i${index}`,
    rebalanceTimeoutMs: 4000,
    sessionTimeoutMs: 30_000,
  }))
  const rejoin = patient.join({ memberId: first!, groupInstanceId: 'i0', rebalanceTimeoutMs: 4000 })
  patient.advance(4000)
  assert.equal(patient.joins.get(rejoin)!.members.length, 2, 'the silent one is still counted')
})

test('members leave by instance id too, each with its own answer', () => {
  const { group, follower } = stableGroup()
  const { members } = group.leave(
    { groupInstanceId: 'i0' },
    { groupInstanceId: 'unknown' },
    {},
    { memberId: follower, groupInstanceId: 'i1' },
    { memberId: follower, groupInstanceId: 'i1' },
  )
  assert.deepEqual(
    members.map(({ error }) => error),
    ['NONE', 'UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID', 'NONE', 'UNKNOWN_MEMBER_ID'],
  )
  assert.equal(group.group.state, 'Empty')
  assert.equal(group.timers.size, 0)
})

test('a replacement that could not be stored changes nothing', () => {
  const { group, follower } = stableGroup()
  group.storeFails = true
  const requestId = group.join({ groupInstanceId: 'i1' })
  assert.equal(group.joins.get(requestId)!.error, 'NOT_COORDINATOR')
  assert.equal(group.heartbeat(follower, 1, 'i1'), 'NONE')
})
