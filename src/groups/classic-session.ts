/**
 * Requests by which a member of a classic group shows that it lives: Heartbeat and OffsetCommit. Pure.
 */
import type { ErrorName } from '#protocol/error-codes.ts'
import { checkMember } from './classic-group.ts'
import type { MemberRequest } from './classic-commands.ts'
import type { Draft } from './classic-decision.ts'

export function heartbeat(draft: Draft, request: MemberRequest): ErrorName {
  const { group } = draft
  const error = checkMember(group, request.memberId, request.groupInstanceId)
  if (error !== undefined) return error
  if (request.generationId !== group.generationId) return 'ILLEGAL_GENERATION'
  draft.extendSession(group.members.get(request.memberId)!)
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE'
}

/**
 * Whether the sender may commit offsets (Kafka: ClassicGroup.validateOffsetCommit). Without a generation it is a tool
 * or a consumer that assigns itself, which may as long as the group has no members.
 */
export function checkOffsetCommit(draft: Draft, request: MemberRequest): ErrorName {
  const { group } = draft
  const { memberId, groupInstanceId, generationId } = request
  if (generationId < 0 && group.state === 'Empty') return 'NONE'
  if (generationId < 0 && memberId === '' && groupInstanceId === undefined) return 'UNKNOWN_MEMBER_ID'
  const error = checkMember(group, memberId, groupInstanceId)
  if (error !== undefined) return error
  if (generationId !== group.generationId) return 'ILLEGAL_GENERATION'
  if (group.state === 'CompletingRebalance') return 'REBALANCE_IN_PROGRESS'
  draft.extendSession(group.members.get(memberId)!)
  return 'NONE'
}
