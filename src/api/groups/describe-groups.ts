/**
 * DescribeGroups (API key 15), versions 0–6: state and members of groups.
 * A group that is not there is Dead, from v6 on also GROUP_ID_NOT_FOUND (KIP-1043). Metadata and protocol are shown
 * for stable groups only. Work: groups/group-listing.ts.
 * Gaps: none.
 */
import type { DescribedGroup } from '#groups/group-listing.ts'
import { describeGroups } from '#protocol/messages/describe-groups.ts'
import type { DescribeGroupsRequest, DescribeGroupsResponse } from '#protocol/messages/describe-groups.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import { groupOperations, operationsNotAsked } from '../authorized-operations.ts'
import type { Handler } from '../handler.ts'

type Response = Input<typeof DescribeGroupsResponse>
type ResponseGroup = NonNullable<Response['groups']>[number]

export const describeGroupsHandler: Handler<DescribeGroupsRequest, Response> = {
  message: describeGroups,
  versions: { min: 0, max: 6 },
  handle({ version, services }, request) {
    const authorizedOperations = request.includeAuthorizedOperations ? groupOperations : operationsNotAsked
    return {
      groups: request.groups.map(groupId => {
        const group = services.groups.describeGroup(groupId)
        if (group !== undefined) return { ...describe(group), authorizedOperations }
        if (version < 6) return { groupId, groupState: 'Dead', authorizedOperations }
        return {
          groupId,
          groupState: 'Dead',
          errorCode: errorCode('GROUP_ID_NOT_FOUND'),
          errorMessage: `Group ${groupId} not found.`,
        }
      }),
    }
  },
}

function describe(group: DescribedGroup): ResponseGroup {
  return {
    errorCode: errorCode('NONE'),
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType,
    protocolData: group.protocolName,
    members: group.members.map(member => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId ?? null,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: member.metadata,
      memberAssignment: member.assignment,
    })),
  }
}
