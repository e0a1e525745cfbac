/**
 * SyncGroup of a classic group (Kafka: classicGroupSyncToClassicGroup): the leader hands in what everybody gets, the
 * others wait for it. Pure.
 */
import type { ErrorName } from '#protocol/error-codes.ts'
import { checkMember, type ClassicGroup } from './classic-group.ts'
import { syncError, type SyncCommand } from './classic-commands.ts'
import type { Draft } from './classic-decision.ts'
import { failWaitingSyncs, rebalanceOrCompleteJoin } from './classic-rebalance.ts'

export function syncGroup(draft: Draft, command: SyncCommand): void {
  const { memberId, requestId } = command
  const error = checkSync(draft.group, command)
  if (error !== undefined) {
    draft.replyToSync(requestId, syncError(error))
    return
  }
  const isLast = draft.group.pendingSyncMembers.size === 1 && draft.group.pendingSyncMembers.has(memberId)
  draft.change({ type: 'memberSynced', memberId })
  if (isLast) draft.cancel('sync')
  const { group } = draft
  const member = group.members.get(memberId)!
  if (group.state === 'Stable') {
    const { protocolType, protocolName } = group
    draft.replyToSync(requestId, { error: 'NONE', protocolType, protocolName, assignment: member.assignment })
    return
  }
  if (member.syncRequestId !== undefined) {
    // The same member over another connection, having given up on the first.
    draft.replyToSync(member.syncRequestId, syncError('REBALANCE_IN_PROGRESS'))
  }
  draft.change({ type: 'memberUpdated', member: { ...member, syncRequestId: requestId } })
  if (group.leaderId === memberId) assign(draft, command)
}

function checkSync(group: Readonly<ClassicGroup>, command: SyncCommand): ErrorName | undefined {
  if (group.state === 'Empty') return 'UNKNOWN_MEMBER_ID'
  const error = checkMember(group, command.memberId, command.groupInstanceId)
  if (error !== undefined) return error
  if (command.generationId !== group.generationId) return 'ILLEGAL_GENERATION'
  if (
    differs(command.protocolType, group.protocolType) ||
    differs(command.protocolName, group.protocolName)
  ) {
    return 'INCONSISTENT_GROUP_PROTOCOL'
  }
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : undefined
}

function differs(given: string | undefined, present: string | undefined): boolean {
  return given !== undefined && present !== undefined && given !== present
}

/** Stable with the leader's assignment; durable before anyone hears of it. */
function assign(draft: Draft, command: SyncCommand): void {
  const { group, nowMs } = draft
  const without = [...group.members.keys()].filter(memberId => !command.assignments.has(memberId))
  draft.change({ type: 'assigned', assignments: command.assignments, atMs: nowMs })
  draft.persist()
  const { protocolType, protocolName } = group
  for (const { memberId, assignment } of group.members.values()) {
    const result = { error: 'NONE', protocolType, protocolName, assignment } as const
    const member = group.members.get(memberId)!
    if (draft.completeSync(memberId, result)) draft.extendSession(member)
  }
  draft.note('group is stable', {
    leaderId: command.memberId,
    memberCount: group.members.size,
    ...(without.length > 0 ? { membersWithoutAssignment: without } : {}),
  })
}

/**
 * The assignment of this generation's leader could not be made durable: whoever waits for it gets `error`, and the
 * group rebalances. The leader's own request was never entered, so it is answered by `requestId`.
 */
export function failSync(draft: Draft, command: SyncCommand, error: ErrorName): void {
  draft.replyToSync(command.requestId, syncError(error))
  failWaitingSyncs(draft, error)
  rebalanceOrCompleteJoin(draft, `assignment of leader ${command.memberId} could not be stored: ${error}`)
}
