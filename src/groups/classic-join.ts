/**
 * JoinGroup of a classic group (Kafka: classicGroupJoinToClassicGroup and what it calls). Pure.
 */
import {
  awaitingJoinCount,
  checkMember,
  emptyAssignment,
  isAwaitingJoin,
  sameProtocols,
  selectProtocol,
  supportsProtocols,
  type ClassicGroup,
  type ClassicMember,
} from './classic-group.ts'
import { joinError, syncError, type JoinCommand, type JoinResult } from './classic-commands.ts'
import { sessionKey, type Draft } from './classic-decision.ts'
import {
  completeJoinIfReady,
  joinedResult,
  prepareRebalance,
  rebalanceOrCompleteJoin,
} from './classic-rebalance.ts'

/**
 * How long a first JoinGroup may wait (Kafka: classicGroupNewMemberJoinTimeoutMs). Such a client has no member id to
 * send heartbeats with; if it has gone and come again as somebody else, this ends its first self.
 */
export const newMemberJoinTimeoutMs = 5 * 60 * 1000

/**
 * Longest part of a new member id that comes from the client, in UTF-16 units. With the random part the id has to
 * fit into a string field, 32,767 bytes.
 */
const maxMemberIdPrefix = 10_000

export function joinGroup(draft: Draft, command: JoinCommand): void {
  const { group } = draft
  const { memberId } = command
  const answer = (result: JoinResult): void => draft.replyToJoin(command.requestId, result)
  if (!hasRoomFor(group, memberId, draft.rules.maxSize)) {
    if (group.members.has(memberId) || group.pendingJoinMembers.has(memberId)) expelForSize(draft, memberId)
    answer(joinError('GROUP_MAX_SIZE_REACHED', ''))
  } else if (!supportsProtocols(group, command.protocolType, command.protocols)) {
    answer(joinError('INCONSISTENT_GROUP_PROTOCOL', memberId))
  } else if (memberId === '') {
    joinWithoutId(draft, command)
  } else if (group.pendingJoinMembers.has(memberId) && command.groupInstanceId === undefined) {
    addMember(draft, command, memberId)
  } else {
    const error = checkMember(group, memberId, command.groupInstanceId)
    if (error === undefined) rejoin(draft, command, group.members.get(memberId)!)
    else answer(joinError(error, memberId))
  }
}

/**
 * While members gather, those that already wait count, so that lowering group.max.size turns away whoever comes last;
 * afterwards members count.
 */
function hasRoomFor(group: Readonly<ClassicGroup>, memberId: string, maxSize: number): boolean {
  const member = group.members.get(memberId)
  if (group.state === 'Empty') return true
  if (group.state === 'PreparingRebalance') {
    return (member !== undefined && isAwaitingJoin(member)) || awaitingJoinCount(group) < maxSize
  }
  return member !== undefined || group.members.size < maxSize
}

function expelForSize(draft: Draft, memberId: string): void {
  draft.cancel(sessionKey(memberId))
  draft.change({ type: 'memberRemoved', memberId })
  draft.note('member removed: the group is full', { memberId })
  completeJoinIfReady(draft)
}

function joinWithoutId(draft: Draft, command: JoinCommand): void {
  const { groupInstanceId, memberIdSuffix, clientId, sessionTimeoutMs } = command
  const prefix = (groupInstanceId ?? clientId).slice(0, maxMemberIdPrefix).toWellFormed()
  const newMemberId = `${prefix}-${memberIdSuffix}`
  if (groupInstanceId !== undefined) {
    const holder = draft.group.staticMembers.get(groupInstanceId)
    if (holder === undefined) addMember(draft, command, newMemberId)
    else replaceStaticMember(draft, command, holder, newMemberId)
  } else if (command.requiresKnownMemberId) {
    draft.change({ type: 'pendingMemberAdded', memberId: newMemberId })
    draft.schedule(sessionKey(newMemberId), sessionTimeoutMs, {
      type: 'sessionExpired',
      memberId: newMemberId,
    })
    draft.replyToJoin(command.requestId, joinError('MEMBER_ID_REQUIRED', newMemberId))
  } else {
    addMember(draft, command, newMemberId)
  }
}

function addMember(draft: Draft, command: JoinCommand, memberId: string): void {
  const { group } = draft
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') {
    draft.change({ type: 'newMemberAddedSet', value: true })
  }
  const member: ClassicMember = {
    memberId,
    groupInstanceId: command.groupInstanceId,
    clientId: command.clientId,
    clientHost: command.clientHost,
    sessionTimeoutMs: command.sessionTimeoutMs,
    rebalanceTimeoutMs: command.rebalanceTimeoutMs,
    protocolType: command.protocolType,
    protocols: command.protocols,
    assignment: emptyAssignment,
    joinRequestId: command.requestId,
    syncRequestId: undefined,
    isNew: true,
  }
  draft.change({ type: 'memberAdded', member })
  draft.extendSession(member, newMemberJoinTimeoutMs)
  rebalanceOrCompleteJoin(draft, because(`member ${memberId} joins`, command))
}

function rejoin(draft: Draft, command: JoinCommand, member: ClassicMember): void {
  const { group } = draft
  const { memberId } = member
  const sameAsBefore = sameProtocols(member.protocols, command.protocols)
  const isLeader = group.leaderId === memberId
  switch (group.state) {
    case 'PreparingRebalance':
      updateMember(draft, command, member)
      rebalanceOrCompleteJoin(draft, because(`member ${memberId} rejoins`, command))
      break
    case 'CompletingRebalance':
    case 'Stable':
      // With nothing new to say it may have missed the answer: it gets it again. Only a leader in a stable group
      // asks for a rebalance by joining as it is, when the topics have changed.
      if (sameAsBefore && !(isLeader && group.state === 'Stable')) {
        draft.replyToJoin(command.requestId, joinedResult(group, memberId))
        break
      }
      updateMember(draft, command, member)
      rebalanceOrCompleteJoin(
        draft,
        because(
          sameAsBefore ? `leader ${memberId} rejoins` : `member ${memberId} changes its protocols`,
          command,
        ),
      )
      break
    case 'Empty':
      // An empty group has no members, so the member check has refused this before.
      draft.replyToJoin(command.requestId, joinError('UNKNOWN_MEMBER_ID', memberId))
      break
  }
}

function updateMember(draft: Draft, command: JoinCommand, member: ClassicMember): void {
  if (member.joinRequestId !== undefined) {
    // The same member over another connection, having given up on the first: that one must not wait for ever.
    draft.replyToJoin(member.joinRequestId, joinError('REBALANCE_IN_PROGRESS', member.memberId))
  }
  draft.change({
    type: 'memberUpdated',
    member: {
      ...member,
      protocols: command.protocols,
      rebalanceTimeoutMs: command.rebalanceTimeoutMs,
      sessionTimeoutMs: command.sessionTimeoutMs,
      joinRequestId: command.requestId,
    },
  })
}

/**
 * A static member restarts: it takes the place of its former self under a new id. Where the choice of protocol
 * stays the same the others need not notice.
 */
function replaceStaticMember(
  draft: Draft,
  command: JoinCommand,
  oldMemberId: string,
  newMemberId: string,
): void {
  const { group } = draft
  const formerLeader = group.leaderId
  draft.completeJoin(oldMemberId, joinError('FENCED_INSTANCE_ID', oldMemberId))
  draft.completeSync(oldMemberId, syncError('FENCED_INSTANCE_ID'))
  const former = draft.group.members.get(oldMemberId)!
  const member: ClassicMember = {
    ...former,
    memberId: newMemberId,
    protocols: command.protocols,
    rebalanceTimeoutMs: command.rebalanceTimeoutMs,
    sessionTimeoutMs: command.sessionTimeoutMs,
    joinRequestId: command.requestId,
    isNew: false,
  }
  draft.change({ type: 'memberReplaced', oldMemberId, member })
  draft.cancel(sessionKey(oldMemberId))
  // Kafka starts the new session with the time-out of the member before; the client's own is what it asked for.
  draft.extendSession(member)
  draft.note('static member replaced', { memberId: newMemberId, oldMemberId, reason: command.reason })
  if (draft.group.state === 'Stable') {
    if (selectProtocol(draft.group) === draft.group.protocolName) {
      keepGeneration(draft, command, newMemberId, formerLeader)
    } else {
      prepareRebalance(draft, because(`static member ${newMemberId} changes the choice of protocol`, command))
    }
  } else if (draft.group.state === 'CompletingRebalance') {
    // The leader may be assigning to the old id right now: what it sends would pass the new one by.
    prepareRebalance(draft, because(`static member ${newMemberId} came back during the rebalance`, command))
  } else {
    completeJoinIfReady(draft)
  }
}

function keepGeneration(
  draft: Draft,
  command: JoinCommand,
  newMemberId: string,
  formerLeader: string | undefined,
): void {
  const { group } = draft
  const result = joinedResult(group, newMemberId)
  draft.persist()
  draft.completeJoin(
    newMemberId,
    command.supportsSkippingAssignment
      ? { ...result, skipAssignment: group.leaderId === newMemberId }
      : // An old client that saw itself as leader would assign anew: it is told of its former self instead.
        { ...result, leader: formerLeader ?? '', members: [] },
  )
}

function because(what: string, command: JoinCommand): string {
  const { reason } = command
  return `${what}; client reason: ${reason === undefined || reason === '' ? 'not provided' : reason}`
}
