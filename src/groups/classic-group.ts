/**
 * The state of one classic group and the questions that can be asked of it (Kafka: ClassicGroup, ClassicGroupMember).
 * Pure: what changes it is in classic-changes.ts, the rules that decide on changes in classic-join.ts and its
 * neighbours. Byte strings of the embedded protocol are kept as they came.
 */
import { subscribedTopicsOf } from './subscribed-topics.ts'

/**
 * Kafka's names. `Dead` is not among them: a group that was deleted is no longer there, and requests that
 * name it meet an unknown group.
 */
export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

/** What a member can speak: an assignor's name and that assignor's subscription bytes. */
export interface GroupProtocol {
  readonly name: string
  readonly metadata: Buffer
}

export interface ClassicMember {
  readonly memberId: string
  /** Present for a static member (KIP-345). */
  readonly groupInstanceId: string | undefined
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  /** In the order of the member's preference. */
  readonly protocols: readonly GroupProtocol[]
  readonly assignment: Buffer
  /** The JoinGroup request that waits for an answer; undefined: none does. */
  readonly joinRequestId: number | undefined
  /** The SyncGroup request that waits for an answer. */
  readonly syncRequestId: number | undefined
  /** Joined for the first time and was never answered: it has no session yet, only a limit for the join. */
  readonly isNew: boolean
}

/** Only `applyChange` writes to it. */
export interface ClassicGroup {
  readonly groupId: string
  state: ClassicGroupState
  previousState: ClassicGroupState | 'Dead'
  /** When `state` was entered; undefined for rows of old schemas that did not keep it. */
  stateTimestampMs: number | undefined
  /** undefined: no member ever joined; a group without one that has offsets is a simple group. */
  protocolType: string | undefined
  /** The protocol that all members of this generation use. */
  protocolName: string | undefined
  generationId: number
  leaderId: string | undefined
  /** In the order in which they joined. */
  readonly members: Map<string, ClassicMember>
  /** Group instance id to member id. */
  readonly staticMembers: Map<string, string>
  /** Ids that were handed out with MEMBER_ID_REQUIRED and not used yet. */
  readonly pendingJoinMembers: Set<string>
  /** Members of this generation that have not asked for their assignment yet. */
  readonly pendingSyncMembers: Set<string>
  /** A member came during the initial rebalance delay, which is therefore extended. */
  newMemberAdded: boolean
  /** Topics that members of protocol type `consumer` read; undefined where that cannot be known. */
  subscribedTopics: ReadonlySet<string> | undefined
}

export const emptyAssignment = Buffer.alloc(0)

export function newClassicGroup(groupId: string, nowMs: number): ClassicGroup {
  return {
    groupId,
    state: 'Empty',
    previousState: 'Dead',
    stateTimestampMs: nowMs,
    protocolType: undefined,
    protocolName: undefined,
    generationId: 0,
    leaderId: undefined,
    members: new Map(),
    staticMembers: new Map(),
    pendingJoinMembers: new Set(),
    pendingSyncMembers: new Set(),
    newMemberAdded: false,
    subscribedTopics: undefined,
  }
}

/** A copy that can be changed without the original noticing; members are shared, being immutable. */
export function cloneClassicGroup(group: ClassicGroup): ClassicGroup {
  return {
    ...group,
    members: new Map(group.members),
    staticMembers: new Map(group.staticMembers),
    pendingJoinMembers: new Set(group.pendingJoinMembers),
    pendingSyncMembers: new Set(group.pendingSyncMembers),
  }
}

export function usesConsumerProtocol(group: ClassicGroup): boolean {
  return group.protocolType === 'consumer'
}

export function isAwaitingJoin(member: ClassicMember): boolean {
  return member.joinRequestId !== undefined
}

export function awaitingJoinCount(group: ClassicGroup): number {
  let count = 0
  for (const member of group.members.values()) if (isAwaitingJoin(member)) count++
  return count
}

export function hasAllMembersJoined(group: ClassicGroup): boolean {
  return group.pendingJoinMembers.size === 0 && awaitingJoinCount(group) === group.members.size
}

/** The longest rebalance timeout of its members: each gets the time it asked for. */
export function rebalanceTimeoutMs(group: ClassicGroup): number {
  let longestMs = 0
  for (const member of group.members.values()) longestMs = Math.max(longestMs, member.rebalanceTimeoutMs)
  return longestMs
}

export function canRebalance(group: ClassicGroup): boolean {
  return group.state !== 'PreparingRebalance'
}

/** Whether a member with these protocols can be in the group together with all its present members. */
export function supportsProtocols(
  group: ClassicGroup,
  protocolType: string,
  protocols: readonly GroupProtocol[],
): boolean {
  if (group.state === 'Empty') return protocolType !== '' && protocols.length > 0
  if (group.protocolType !== protocolType) return false
  const common = commonProtocols(group)
  return protocols.some(protocol => common === 'any' || common.has(protocol.name))
}

/**
 * The protocol of the next generation: each member votes for the first in its list that all members have.
 * Where two have as many votes, the one that was voted for first wins (Kafka leaves it to a hash map's order).
 */
export function selectProtocol(group: ClassicGroup): string | undefined {
  const common = commonProtocols(group)
  const votes = new Map<string, number>()
  for (const member of group.members.values()) {
    const choice = member.protocols.find(protocol => common === 'any' || common.has(protocol.name))
    if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
  }
  let winner: string | undefined
  let winnerVotes = 0
  for (const [name, count] of votes) {
    if (count > winnerVotes) {
      winner = name
      winnerVotes = count
    }
  }
  return winner
}

/** Names that every member has; 'any' for a group without members. */
function commonProtocols(group: ClassicGroup): ReadonlySet<string> | 'any' {
  let common: Set<string> | 'any' = 'any'
  for (const member of group.members.values()) {
    const own = new Set(member.protocols.map(protocol => protocol.name))
    common = common === 'any' ? own : common.intersection(own)
  }
  return common
}

/** The subscription bytes of `member` for the group's protocol. */
export function metadataFor(group: ClassicGroup, member: ClassicMember): Buffer {
  return member.protocols.find(protocol => protocol.name === group.protocolName)?.metadata ?? emptyAssignment
}

/** Same names and bytes in the same order. */
export function sameProtocols(one: readonly GroupProtocol[], other: readonly GroupProtocol[]): boolean {
  return (
    one.length === other.length &&
    one.every(
      (protocol, index) =>
        protocol.name === other[index]!.name &&
        Buffer.compare(protocol.metadata, other[index]!.metadata) === 0,
    )
  )
}

export type MemberError = 'UNKNOWN_MEMBER_ID' | 'FENCED_INSTANCE_ID'

/** Checks that the request of a member comes from the one that now holds its id and its instance id. */
export function checkMember(
  group: ClassicGroup,
  memberId: string,
  groupInstanceId: string | undefined,
): MemberError | undefined {
  if (groupInstanceId !== undefined) {
    const holder = group.staticMembers.get(groupInstanceId)
    if (holder === undefined) return 'UNKNOWN_MEMBER_ID'
    if (holder !== memberId) return 'FENCED_INSTANCE_ID'
  }
  return group.members.has(memberId) ? undefined : 'UNKNOWN_MEMBER_ID'
}

/** Whether the group is known to read `topic`; a consumer group whose subscriptions are unreadable counts as reading all. */
export function isSubscribedToTopic(group: ClassicGroup, topic: string): boolean {
  return group.subscribedTopics?.has(topic) ?? usesConsumerProtocol(group)
}

/** The topics of all members' subscriptions; undefined for another protocol type or unreadable bytes. */
export function computeSubscribedTopics(group: ClassicGroup): ReadonlySet<string> | undefined {
  if (!usesConsumerProtocol(group)) return undefined
  const topics = new Set<string>()
  for (const member of group.members.values()) {
    const own = subscribedTopicsOf(metadataFor(group, member))
    if (own === undefined) return undefined
    for (const topic of own) topics.add(topic)
  }
  return topics
}
