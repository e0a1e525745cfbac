/**
 * Everything that can happen to a classic group, as data, and what it does to the state. Pure: no rule is checked
 * here, the deciding functions have done that.
 */
import {
  computeSubscribedTopics,
  emptyAssignment,
  type ClassicGroup,
  type ClassicGroupState,
  type ClassicMember,
} from './classic-group.ts'

export type ClassicChange =
  | { readonly type: 'pendingMemberAdded'; readonly memberId: string }
  /** The first member gives the group its protocol type and leads it. */
  | { readonly type: 'memberAdded'; readonly member: ClassicMember }
  | { readonly type: 'memberUpdated'; readonly member: ClassicMember }
  /** Also of a pending member. The leadership goes to the member that is longest in the group. */
  | { readonly type: 'memberRemoved'; readonly memberId: string }
  /** A static member came back under a new id, and keeps its place and leadership. */
  | { readonly type: 'memberReplaced'; readonly oldMemberId: string; readonly member: ClassicMember }
  | { readonly type: 'leaderElected'; readonly memberId: string }
  | { readonly type: 'newMemberAddedSet'; readonly value: boolean }
  | { readonly type: 'rebalancePrepared'; readonly atMs: number }
  /** All who are to be in the next generation are known: CompletingRebalance, or Empty where there is no one. */
  | { readonly type: 'generationStarted'; readonly protocolName: string | undefined; readonly atMs: number }
  | { readonly type: 'memberSynced'; readonly memberId: string }
  /** Members that are not in `assignments` get none. */
  | {
      readonly type: 'assigned'
      readonly assignments: ReadonlyMap<string, Buffer>
      readonly atMs: number
    }

/** Makes `change` happen to `group`, in place. */
export function applyChange(group: ClassicGroup, change: ClassicChange): void {
  switch (change.type) {
    case 'pendingMemberAdded':
      group.pendingJoinMembers.add(change.memberId)
      break
    case 'memberAdded':
      addMember(group, change.member)
      break
    case 'memberUpdated':
      group.members.set(change.member.memberId, change.member)
      break
    case 'memberRemoved':
      removeMember(group, change.memberId)
      break
    case 'memberReplaced':
      replaceMember(group, change.oldMemberId, change.member)
      break
    case 'leaderElected':
      group.leaderId = change.memberId
      break
    case 'newMemberAddedSet':
      group.newMemberAdded = change.value
      break
    case 'rebalancePrepared':
      group.pendingSyncMembers.clear()
      enter(group, 'PreparingRebalance', change.atMs)
      break
    case 'generationStarted':
      startGeneration(group, change.protocolName, change.atMs)
      break
    case 'memberSynced':
      group.pendingSyncMembers.delete(change.memberId)
      break
    case 'assigned':
      for (const member of group.members.values()) {
        const assignment = change.assignments.get(member.memberId) ?? emptyAssignment
        group.members.set(member.memberId, { ...member, assignment })
      }
      enter(group, 'Stable', change.atMs)
      break
  }
}

function enter(group: ClassicGroup, state: ClassicGroupState, atMs: number): void {
  group.previousState = group.state
  group.state = state
  group.stateTimestampMs = atMs
}

function addMember(group: ClassicGroup, member: ClassicMember): void {
  if (group.members.size === 0) group.protocolType = member.protocolType
  if (member.groupInstanceId !== undefined) group.staticMembers.set(member.groupInstanceId, member.memberId)
  group.members.set(member.memberId, member)
  group.leaderId ??= member.memberId
  group.pendingJoinMembers.delete(member.memberId)
}

function removeMember(group: ClassicGroup, memberId: string): void {
  const instanceId = group.members.get(memberId)?.groupInstanceId
  if (instanceId !== undefined) group.staticMembers.delete(instanceId)
  group.members.delete(memberId)
  group.pendingJoinMembers.delete(memberId)
  group.pendingSyncMembers.delete(memberId)
  if (group.leaderId === memberId) group.leaderId = group.members.keys().next().value
}

function replaceMember(group: ClassicGroup, oldMemberId: string, member: ClassicMember): void {
  const others = [...group.members.values()]
  group.members.clear()
  for (const other of others) {
    const kept = other.memberId === oldMemberId ? member : other
    group.members.set(kept.memberId, kept)
  }
  if (member.groupInstanceId !== undefined) group.staticMembers.set(member.groupInstanceId, member.memberId)
  if (group.leaderId === oldMemberId) group.leaderId = member.memberId
  // Whoever waits for the old id's sync now waits for the new one's.
  if (group.pendingSyncMembers.delete(oldMemberId)) group.pendingSyncMembers.add(member.memberId)
}

function startGeneration(group: ClassicGroup, protocolName: string | undefined, atMs: number): void {
  group.generationId++
  group.protocolName = protocolName
  group.subscribedTopics = computeSubscribedTopics(group)
  group.newMemberAdded = false
  group.pendingSyncMembers.clear()
  for (const memberId of group.members.keys()) group.pendingSyncMembers.add(memberId)
  enter(group, group.members.size > 0 ? 'CompletingRebalance' : 'Empty', atMs)
}
