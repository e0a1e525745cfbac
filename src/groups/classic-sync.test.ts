import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkOffsetCommit } from './classic-session.ts'
import { bytes, TestGroup, text } from './test-group.ts'

function completing(count = 2): { group: TestGroup; members: string[] } {
  const group = new TestGroup()
  const requests = Array.from({ length: count }, () => group.join())
  group.advance(6000)
  return { group, members: requests.map(requestId => group.joins.get(requestId)!.memberId) }
}

function commit(group: TestGroup, memberId: string, generationId: number, groupInstanceId?: string): string {
  let error = ''
  group.carryOut(draft => {
    error = checkOffsetCommit(draft, { memberId, generationId, groupInstanceId })
  })
  return error
}

test('followers wait for the leader; everybody gets its part, byte for byte', () => {
  const { group, members } = completing(3)
  const [leader, second, third] = members as [string, string, string]
  const waiting = group.sync(second)
  assert(group.open.has(waiting))
  const assignments = new Map([
    [leader, Buffer.from([0, 255, 1])],
    [second, bytes('two')],
    ['nobody', bytes('lost')],
  ])
  const leading = group.sync(leader, { assignments })
  const late = group.sync(third)
  assert.deepEqual(group.syncs.get(leading), {
    error: 'NONE',
    protocolType: 'consumer',
    protocolName: 'range',
    assignment: Buffer.from([0, 255, 1]),
  })
  assert.equal(text(group.syncs.get(waiting)!.assignment), 'two')
  assert.equal(text(group.syncs.get(late)!.assignment), '', 'the leader left it out')
  assert.equal(group.group.state, 'Stable')
  assert.equal(group.persistedCount, 1)
})

test('refusals of SyncGroup', () => {
  const { group, members } = completing()
  const [leader] = members as [string, string]
  const table: [Parameters<TestGroup['sync']>, string][] = [
    [['stranger'], 'UNKNOWN_MEMBER_ID'],
    [[leader, { generationId: 7 }], 'ILLEGAL_GENERATION'],
    [[leader, { groupInstanceId: 'i' }], 'UNKNOWN_MEMBER_ID'],
    [[leader, { protocolType: 'connect' }], 'INCONSISTENT_GROUP_PROTOCOL'],
    [[leader, { protocolName: 'sticky' }], 'INCONSISTENT_GROUP_PROTOCOL'],
  ]
  for (const [[memberId, options], error] of table) {
    const requestId = group.sync(memberId, options)
    assert.equal(group.syncs.get(requestId)!.error, error)
  }
  assert.equal(group.group.state, 'CompletingRebalance')
  group.syncAll()
  group.join({ memberId: leader })
  const during = group.sync(members[1]!)
  assert.equal(group.syncs.get(during)!.error, 'REBALANCE_IN_PROGRESS')
})

test('an assignment that could not be stored is nobody’s: all are told and rebalance', () => {
  const { group, members } = completing()
  const [leader, follower] = members as [string, string]
  const waiting = group.sync(follower)
  group.storeFails = true
  const leading = group.sync(leader, { assignments: new Map([[follower, bytes('x')]]) })
  assert.equal(group.syncs.get(waiting)!.error, 'NOT_COORDINATOR')
  assert.equal(group.syncs.get(leading)!.error, 'NOT_COORDINATOR')
  assert.equal(group.group.state, 'PreparingRebalance')
  assert.equal(group.persistedCount, 0)
  assert.equal(group.group.members.get(follower)!.assignment.length, 0)
  group.join({ memberId: leader })
  group.join({ memberId: follower })
  group.syncAll()
  assert.equal(group.group.state, 'Stable')
  assert.equal(group.group.generationId, 2)
})

test('a new member during the assignment sends those who wait back to join', () => {
  const { group, members } = completing()
  const waiting = group.sync(members[1]!)
  group.join()
  assert.equal(group.syncs.get(waiting)!.error, 'REBALANCE_IN_PROGRESS')
  assert.equal(group.group.state, 'PreparingRebalance')
})

test('who never asks for its assignment is out after the rebalance timeout', () => {
  const group = new TestGroup()
  const requests = [group.join(), group.join()]
  group.advance(6000)
  const [leader, silent] = requests.map(requestId => group.joins.get(requestId)!.memberId) as [string, string]
  group.sync(leader)
  for (let heartbeats = 0; heartbeats < 11; heartbeats++) {
    group.advance(5000)
    assert.equal(group.heartbeat(leader), 'NONE')
    assert.equal(group.heartbeat(silent), 'NONE')
  }
  group.advance(5000)
  assert.equal(group.heartbeat(leader), 'REBALANCE_IN_PROGRESS')
  assert.equal(group.heartbeat(silent), 'UNKNOWN_MEMBER_ID')
})

test('a session ends without heartbeats, and heartbeats or commits keep it', () => {
  const group = new TestGroup()
  const [leader, second] = group.stabilise(2, () => ({ sessionTimeoutMs: 10_000 })) as [string, string]
  for (let round = 0; round < 5; round++) {
    group.advance(9000)
    assert.equal(group.heartbeat(leader), 'NONE')
    assert.equal(commit(group, second, 1), 'NONE')
  }
  group.advance(9999)
  assert.equal(group.group.state, 'Stable')
  assert.equal(group.heartbeat(leader), 'NONE')
  group.advance(1)
  assert.equal(group.group.state, 'PreparingRebalance')
  assert.equal(group.heartbeat(second), 'UNKNOWN_MEMBER_ID')
})

test('a member that waits for others needs no heartbeat', () => {
  const group = new TestGroup()
  const [leader, second] = group.stabilise(2, () => ({ sessionTimeoutMs: 6000 })) as [string, string]
  const requestId = group.join({ memberId: leader, sessionTimeoutMs: 6000 })
  for (let round = 0; round < 10; round++) {
    group.advance(5000)
    assert.equal(group.heartbeat(second), 'REBALANCE_IN_PROGRESS')
  }
  assert(group.open.has(requestId))
  assert(group.group.members.has(leader))
})

test('who may commit offsets, state by state', () => {
  const empty = new TestGroup()
  assert.equal(commit(empty, '', -1), 'NONE')
  assert.equal(commit(empty, 'm', -1, 'i'), 'NONE')
  assert.equal(commit(empty, 'm', 1), 'UNKNOWN_MEMBER_ID')

  const { group, members } = completing()
  const [leader] = members as [string, string]
  assert.equal(commit(group, leader, 1), 'REBALANCE_IN_PROGRESS')
  assert.equal(commit(group, leader, 0), 'ILLEGAL_GENERATION')
  group.syncAll()
  assert.equal(commit(group, leader, 1), 'NONE')
  assert.equal(commit(group, leader, 2), 'ILLEGAL_GENERATION')
  assert.equal(commit(group, leader, -1), 'ILLEGAL_GENERATION')
  assert.equal(commit(group, '', -1), 'UNKNOWN_MEMBER_ID')
  assert.equal(commit(group, 'stranger', 1), 'UNKNOWN_MEMBER_ID')
  assert.equal(commit(group, leader, 1, 'i'), 'UNKNOWN_MEMBER_ID')
  group.join({ memberId: leader })
  assert.equal(group.group.state, 'PreparingRebalance')
  assert.equal(commit(group, members[1]!, 1), 'NONE', 'the last chance before its partitions move')
})
