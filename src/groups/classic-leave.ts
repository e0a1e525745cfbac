/**
 * How members leave a classic group: by LeaveGroup, one or many at a time, and by silence. Pure.
 */
import { checkMember, hasAllMembersJoined, isAwaitingJoin, type ClassicMember } from './classic-group.ts'
import {
  joinError,
  syncError,
  type LeaveResult,
  type LeavingMember,
  type LeftMember,
} from './classic-commands.ts'
import { sessionKey, type Draft } from './classic-decision.ts'
import { completeJoinIfReady, completeJoinPhase, rebalanceOrCompleteJoin } from './classic-rebalance.ts'

export function leaveGroup(draft: Draft, leaving: readonly LeavingMember[]): LeaveResult {
  const members = leaving.map(member => leaveOne(draft, member))
  const left = leaving.filter((_, index) => members[index]!.error === 'NONE')
  if (left.length > 0) {
    const names = left.map(({ memberId, groupInstanceId }) => memberId || groupInstanceId)
    if (draft.group.state === 'PreparingRebalance') completeJoinIfReady(draft)
    else if (draft.group.state !== 'Empty')
      rebalanceOrCompleteJoin(draft, `members left: ${names.join(', ')}`)
  }
  return { error: 'NONE', members }
}

function leaveOne(draft: Draft, leaving: LeavingMember): LeftMember {
  const { group } = draft
  const { memberId, groupInstanceId } = leaving
  const answer = (error: LeftMember['error']): LeftMember => ({ memberId, groupInstanceId, error })
  if (memberId === '') {
    const holder = groupInstanceId === undefined ? undefined : group.staticMembers.get(groupInstanceId)
    if (holder === undefined) return answer('UNKNOWN_MEMBER_ID')
    removeLeaving(draft, holder, leaving)
    return answer('NONE')
  }
  if (!group.pendingJoinMembers.has(memberId)) {
    const error = checkMember(group, memberId, groupInstanceId)
    if (error !== undefined) return answer(error)
  }
  removeLeaving(draft, memberId, leaving)
  return answer('NONE')
}

function removeLeaving(draft: Draft, memberId: string, leaving: LeavingMember): void {
  draft.cancel(sessionKey(memberId))
  removeMember(draft, memberId)
  draft.note('member left', {
    memberId,
    groupInstanceId: leaving.groupInstanceId,
    reason: leaving.reason ?? 'not provided',
  })
}

/** A request of it that still waits is told that it is no member any more; a live client then joins anew. */
function removeMember(draft: Draft, memberId: string): void {
  draft.completeJoin(memberId, joinError('UNKNOWN_MEMBER_ID', ''))
  draft.completeSync(memberId, syncError('UNKNOWN_MEMBER_ID'))
  draft.change({ type: 'memberRemoved', memberId })
}

/** The session of a member, or the time that a pending one had to come back, is over. */
export function expireSession(draft: Draft, memberId: string): void {
  const { group } = draft
  const member = group.members.get(memberId)
  if (member === undefined) {
    if (!group.pendingJoinMembers.has(memberId)) return
    draft.change({ type: 'memberRemoved', memberId })
    draft.note('pending member removed: it did not come back in time', { memberId })
    completeAfterRemoval(draft)
  } else if (!isHeldByRequest(member)) {
    removeMember(draft, memberId)
    draft.note('member removed: its session timed out', {
      memberId,
      groupInstanceId: member.groupInstanceId,
      sessionTimeoutMs: member.sessionTimeoutMs,
    })
    if (group.state === 'PreparingRebalance') completeAfterRemoval(draft)
    else rebalanceOrCompleteJoin(draft, `session of member ${memberId} timed out`)
  }
}

/** Even the initial rebalance ends at once when the one that it still waited for is gone. */
function completeAfterRemoval(draft: Draft): void {
  if (draft.group.state === 'PreparingRebalance' && hasAllMembersJoined(draft.group)) completeJoinPhase(draft)
}

/** A member that waits for the others cannot send heartbeats; a new one has its own limit for that. */
function isHeldByRequest(member: ClassicMember): boolean {
  return !member.isNew && (isAwaitingJoin(member) || member.syncRequestId !== undefined)
}
