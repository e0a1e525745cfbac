import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newMemberJoinTimeoutMs } from './classic-join.ts'
import { protocol, TestGroup, text } from './test-group.ts'

test('a new member is sent back with its id where its client can be told, and joins at once where not', () => {
  const group = new TestGroup()
  const first = group.join({ requiresKnownMemberId: true, memberIdSuffix: 'uuid' })
  assert.deepEqual(group.joins.get(first), {
    error: 'MEMBER_ID_REQUIRED',
    memberId: 'c-uuid',
    generationId: -1,
    protocolType: undefined,
    protocolName: undefined,
    leader: '',
    skipAssignment: false,
    members: [],
  })
  assert.equal(group.group.state, 'Empty')
  assert.equal(group.open.size, 0)
  group.join({ memberId: 'c-uuid', requiresKnownMemberId: true })
  assert.equal(group.group.state, 'PreparingRebalance')
  assert.equal(group.group.pendingJoinMembers.size, 0)
  group.join()
  assert.equal(group.group.members.size, 2)
})

test('a pending member that does not come back is forgotten after its session time-out', () => {
  const group = new TestGroup()
  group.join({ requiresKnownMemberId: true, memberIdSuffix: 'x', sessionTimeoutMs: 6000 })
  group.advance(5999)
  assert.equal(group.group.pendingJoinMembers.size, 1)
  group.advance(1)
  assert.equal(group.group.pendingJoinMembers.size, 0)
  const late = group.join({ memberId: 'c-x' })
  assert.equal(group.joins.get(late)!.error, 'UNKNOWN_MEMBER_ID')
})

test('the initial rebalance waits for its delay, and longer while members come, within the rebalance timeout', () => {
  const group = new TestGroup({ initialRebalanceDelayMs: 3000 })
  group.join({ rebalanceTimeoutMs: 8000 })
  group.advance(2000)
  group.join({ rebalanceTimeoutMs: 8000 })
  group.advance(1500)
  assert.equal(group.group.state, 'PreparingRebalance', 'extended by a further delay')
  group.advance(2000)
  group.join({ rebalanceTimeoutMs: 8000 })
  group.advance(600)
  assert.equal(group.group.state, 'PreparingRebalance', 'extended to the rest of the rebalance timeout')
  group.advance(2000)
  assert.equal(group.group.state, 'CompletingRebalance')
  assert.equal(group.nowMs - 1_700_000_000_000, 8100)
  assert.equal(group.group.members.size, 3)
})

test('all members of a generation learn its number, protocol and leader; the leader learns the members', () => {
  const group = new TestGroup()
  const requests = [
    group.join({ protocols: [protocol('sticky', 's1'), protocol('range', 'r1')] }),
    group.join({ protocols: [protocol('range', 'r2'), protocol('sticky', 's2')] }),
    group.join({ protocols: [protocol('range', 'r3')] }),
  ]
  group.advance(6000)
  const [first, second, third] = requests.map(requestId => group.joins.get(requestId)!)
  for (const result of [first!, second!, third!]) {
    assert.equal(result.error, 'NONE')
    assert.equal(result.generationId, 1)
    assert.equal(result.protocolType, 'consumer')
    assert.equal(result.protocolName, 'range')
    assert.equal(result.leader, first!.memberId)
  }
  assert.deepEqual(
    first!.members.map(member => text(member.metadata)),
    ['r1', 'r2', 'r3'],
  )
  assert.deepEqual(second!.members, [])
})

test('refusals leave the group as it was', () => {
  const group = new TestGroup()
  const [leader] = group.stabilise(2)
  const table: [Parameters<TestGroup['join']>[0], string][] = [
    [{ protocols: [protocol('unheard-of')] }, 'INCONSISTENT_GROUP_PROTOCOL'],
    [{ protocols: [] }, 'INCONSISTENT_GROUP_PROTOCOL'],
    [{ protocolType: 'connect' }, 'INCONSISTENT_GROUP_PROTOCOL'],
    [{ memberId: 'stranger' }, 'UNKNOWN_MEMBER_ID'],
    [{ memberId: leader!, groupInstanceId: 'none' }, 'UNKNOWN_MEMBER_ID'],
  ]
  for (const [options, error] of table) {
    const requestId = group.join(options)
    assert.equal(group.joins.get(requestId)!.error, error)
    assert.equal(group.group.state, 'Stable')
  }
})

test('a full group takes nobody in, and who comes last in a rebalance is out', () => {
  const group = new TestGroup({ maxSize: 2 })
  const [first, second] = group.stabilise(2)
  assert.equal(group.joins.get(group.join())!.error, 'GROUP_MAX_SIZE_REACHED')
  const smaller = new TestGroup({ maxSize: 1 })
  smaller.group.members.clear()
  Object.assign(smaller.group, { ...group.group })
  for (const [key, timer] of group.timers) smaller.timers.set(key, timer)
  smaller.join({ memberId: first! })
  const last = smaller.join({ memberId: second! })
  assert.equal(smaller.joins.get(last)!.error, 'GROUP_MAX_SIZE_REACHED')
  assert.equal(smaller.group.state, 'CompletingRebalance')
  assert.deepEqual([...smaller.group.members.keys()], [first])
})

test('in a stable group a follower that joins unchanged stays, a leader or a change of protocols rebalances', () => {
  const group = new TestGroup()
  const [leader, follower] = group.stabilise(2)
  const again = group.join({ memberId: follower! })
  assert.equal(group.joins.get(again)!.generationId, 1)
  assert.equal(group.group.state, 'Stable')
  group.join({ memberId: leader! })
  assert.equal(group.group.state, 'PreparingRebalance')
  assert.equal(group.heartbeat(follower!), 'REBALANCE_IN_PROGRESS')
  group.join({ memberId: follower! })
  assert.equal(group.group.state, 'CompletingRebalance')
  assert.equal(group.group.generationId, 2)
  group.syncAll()
  group.join({ memberId: follower!, protocols: [protocol('range', 'other topics')] })
  assert.equal(group.group.state, 'PreparingRebalance')
})

test('who does not rejoin within the rebalance timeout is out, and its leadership passes on', () => {
  const group = new TestGroup()
  const [leader, follower] = group.stabilise(2, () => ({
    rebalanceTimeoutMs: 30_000,
    sessionTimeoutMs: 60_000,
  }))
  const requestId = group.join({
    memberId: follower!,
    rebalanceTimeoutMs: 20_000,
    protocols: [protocol('range', 'changed')],
  })
  group.advance(29_999)
  assert.equal(group.group.state, 'PreparingRebalance')
  group.advance(1)
  const result = group.joins.get(requestId)!
  assert.equal(result.leader, follower)
  assert.equal(result.generationId, 2)
  assert.equal(group.heartbeat(leader!), 'UNKNOWN_MEMBER_ID')
})

test('a member that joins again over another connection frees its first request', () => {
  const group = new TestGroup()
  const [leader] = group.stabilise(2)
  const first = group.join({ memberId: leader! })
  const second = group.join({ memberId: leader! })
  assert.equal(group.joins.get(first)!.error, 'REBALANCE_IN_PROGRESS')
  assert(group.open.has(second))
})

test('a first join whose client has gone is ended after five minutes, even if nobody else comes', () => {
  const group = new TestGroup({ initialRebalanceDelayMs: newMemberJoinTimeoutMs * 2 })
  const requestId = group.join({ rebalanceTimeoutMs: newMemberJoinTimeoutMs * 3 })
  group.advance(newMemberJoinTimeoutMs)
  assert.equal(group.joins.get(requestId)!.error, 'UNKNOWN_MEMBER_ID')
  assert.equal(group.group.state, 'Empty')
})

test('an id made from a long client id still fits into a string field', () => {
  const group = new TestGroup()
  const requestId = group.join({ clientId: '\u20ac'.repeat(10_922), requiresKnownMemberId: true })
  assert(Buffer.byteLength(group.joins.get(requestId)!.memberId) < 0x7fff)
})
