/** How a group shows itself to administrators (DescribeGroups, ListGroups). Pure. */
import type { GroupKind } from '#storage/metadata-store.ts'
import { emptyAssignment, metadataFor, type ClassicGroup, type ClassicGroupState } from './classic-group.ts'

export interface DescribedMember {
  readonly memberId: string
  readonly groupInstanceId: string | undefined
  readonly clientId: string
  readonly clientHost: string
  readonly metadata: Buffer
  readonly assignment: Buffer
}

export interface DescribedGroup {
  readonly groupId: string
  readonly state: ClassicGroupState
  /** '' for a simple group. */
  readonly protocolType: string
  /** Name of the chosen protocol; '' unless the group is stable. */
  readonly protocolName: string
  readonly members: readonly DescribedMember[]
}

export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
  readonly state: ClassicGroupState
  readonly kind: GroupKind
}

export function describeGroup(group: Readonly<ClassicGroup>): DescribedGroup {
  // Between generations what members said last belongs to no chosen protocol, so it is not shown.
  const isStable = group.state === 'Stable'
  return {
    groupId: group.groupId,
    state: group.state,
    protocolType: group.protocolType ?? '',
    protocolName: isStable ? (group.protocolName ?? '') : '',
    members: [...group.members.values()].map(member => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      metadata: isStable ? metadataFor(group, member) : emptyAssignment,
      assignment: member.assignment,
    })),
  }
}

export function listGroup(group: Readonly<ClassicGroup>): ListedGroup {
  const { groupId, protocolType = '', state } = group
  return { groupId, protocolType, state, kind: 'classic' }
}
