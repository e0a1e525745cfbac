/**
 * The rebalance of a classic group (Kafka: prepareRebalance, completeClassicGroupJoin and their neighbours): gather
 * the members, start a generation, wait for the leader's assignment. Pure.
 */
import type { ErrorName } from '#protocol/error-codes.ts'
import {
  canRebalance,
  emptyAssignment,
  hasAllMembersJoined,
  isAwaitingJoin,
  metadataFor,
  rebalanceTimeoutMs,
  selectProtocol,
  type ClassicGroup,
} from './classic-group.ts'
import { syncError, type JoinedMember, type JoinResult } from './classic-commands.ts'
import { sessionKey, type Draft } from './classic-decision.ts'

export function rebalanceOrCompleteJoin(draft: Draft, reason: string): void {
  if (canRebalance(draft.group)) prepareRebalance(draft, reason)
  else completeJoinIfReady(draft)
}

/** Members that wait for an assignment are sent back to join; all others learn of it from their heartbeat. */
export function prepareRebalance(draft: Draft, reason: string): void {
  const { group } = draft
  const isInitial = group.state === 'Empty'
  if (group.state === 'CompletingRebalance') failWaitingSyncs(draft, 'REBALANCE_IN_PROGRESS')
  draft.cancel('sync')
  draft.change({ type: 'rebalancePrepared', atMs: draft.nowMs })
  draft.note('rebalance begins', { reason, memberCount: group.members.size })
  if (isInitial) {
    // Members of a new group tend to start together: give them time, or each costs a generation.
    const delayMs = draft.rules.initialRebalanceDelayMs
    const remainingMs = Math.max(rebalanceTimeoutMs(draft.group) - delayMs, 0)
    draft.schedule('join', delayMs, { type: 'initialDelayExpired', delayMs, remainingMs })
  } else if (hasAllMembersJoined(draft.group)) {
    completeJoinPhase(draft)
  } else {
    draft.schedule('join', rebalanceTimeoutMs(draft.group), { type: 'joinExpired' })
  }
}

/** Goes on when everybody is there, except in an initial rebalance, which waits for its delay. */
export function completeJoinIfReady(draft: Draft): void {
  const { group } = draft
  if (group.state !== 'PreparingRebalance' || group.previousState === 'Empty') return
  if (hasAllMembersJoined(group)) completeJoinPhase(draft)
}

/** The initial delay is over: extended while members still come and the rebalance timeout allows it. */
export function expireInitialDelay(draft: Draft, delayMs: number, remainingMs: number): void {
  if (draft.group.newMemberAdded && remainingMs !== 0) {
    draft.change({ type: 'newMemberAddedSet', value: false })
    const nextDelayMs = Math.min(draft.rules.initialRebalanceDelayMs, remainingMs)
    draft.schedule('join', nextDelayMs, {
      type: 'initialDelayExpired',
      delayMs: nextDelayMs,
      remainingMs: Math.max(remainingMs - delayMs, 0),
    })
  } else {
    completeJoinPhase(draft)
  }
}

/**
 * Ends the join phase: dynamic members that did not come are out, static ones stay (their session decides), and
 * the next generation starts.
 */
export function completeJoinPhase(draft: Draft): void {
  if (draft.group.state !== 'PreparingRebalance') return
  draft.cancel('join')
  for (const member of draft.group.members.values()) {
    if (isAwaitingJoin(member) || member.groupInstanceId !== undefined) continue
    draft.cancel(sessionKey(member.memberId))
    draft.change({ type: 'memberRemoved', memberId: member.memberId })
    draft.note('member removed: it did not rejoin in time', { memberId: member.memberId })
  }
  const { group } = draft
  if (group.members.size === 0) {
    draft.change({ type: 'generationStarted', protocolName: undefined, atMs: draft.nowMs })
    draft.persist()
    draft.note('group is empty')
  } else if (electLeader(draft)) {
    draft.change({ type: 'generationStarted', protocolName: selectProtocol(group), atMs: draft.nowMs })
    answerJoins(draft)
  } else {
    // Only static members, all silent: their sessions end this, or one of them comes back.
    draft.schedule('join', rebalanceTimeoutMs(group), { type: 'joinExpired' })
    draft.note('rebalance waits on: no member rejoined')
  }
}

/** A leader that did not rejoin is replaced by the first member that did; false: there is none. */
function electLeader(draft: Draft): boolean {
  const { group } = draft
  const leader = group.leaderId === undefined ? undefined : group.members.get(group.leaderId)
  if (leader !== undefined && isAwaitingJoin(leader)) return true
  for (const member of group.members.values()) {
    if (!isAwaitingJoin(member)) continue
    draft.change({ type: 'leaderElected', memberId: member.memberId })
    draft.note('leader did not rejoin, another is elected', { memberId: member.memberId })
    return true
  }
  return false
}

function answerJoins(draft: Draft): void {
  const { group } = draft
  for (const member of group.members.values()) {
    draft.completeJoin(member.memberId, joinedResult(group, member.memberId))
    const answered = group.members.get(member.memberId)!
    if (answered.isNew) draft.change({ type: 'memberUpdated', member: { ...answered, isNew: false } })
    draft.extendSession(answered)
  }
  draft.schedule('sync', rebalanceTimeoutMs(group), {
    type: 'syncExpired',
    generationId: group.generationId,
  })
  draft.note('generation started', {
    protocolName: group.protocolName,
    leaderId: group.leaderId,
    memberCount: group.members.size,
  })
}

/** The answer to a member of the present generation. */
export function joinedResult(group: Readonly<ClassicGroup>, memberId: string): JoinResult {
  return {
    error: 'NONE',
    memberId,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    skipAssignment: false,
    members: group.leaderId === memberId ? joinedMembers(group) : [],
  }
}

function joinedMembers(group: Readonly<ClassicGroup>): JoinedMember[] {
  return [...group.members.values()].map(member => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: metadataFor(group, member),
  }))
}

/** Answers every waiting SyncGroup with `error` and takes the assignments back. */
export function failWaitingSyncs(draft: Draft, error: ErrorName): void {
  for (const member of draft.group.members.values()) {
    if (member.assignment.length > 0) {
      draft.change({ type: 'memberUpdated', member: { ...member, assignment: emptyAssignment } })
    }
    // They waited for the leader and could not prove that they live: they start with a fresh session.
    if (draft.completeSync(member.memberId, syncError(error))) draft.extendSession(member)
  }
}

/** Members that did not fetch their assignment in time are out, and the rest has to share anew. */
export function expirePendingSync(draft: Draft, generationId: number): void {
  const { group } = draft
  if (group.generationId !== generationId || group.pendingSyncMembers.size === 0) return
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return
  const missing = [...group.pendingSyncMembers]
  for (const memberId of missing) {
    draft.cancel(sessionKey(memberId))
    draft.change({ type: 'memberRemoved', memberId })
  }
  prepareRebalance(draft, `members ${missing.join(', ')} did not send SyncGroup in time`)
}
