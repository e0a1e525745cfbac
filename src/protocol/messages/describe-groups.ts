/** DescribeGroups (API key 15): describes classic groups and their members. */
import { api, array, bool, bytes, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const DescribeGroupsRequest = message(
  { name: 'DescribeGroupsRequest', apiKey: 15, validVersions: '0-6', flexibleVersions: '5+' },
  {
    groups: array('0+', 'string'),
    includeAuthorizedOperations: bool('3+'),
  },
)
export type DescribeGroupsRequest = Infer<typeof DescribeGroupsRequest>

export const DescribeGroupsResponse = message(
  { name: 'DescribeGroupsResponse', apiKey: 15, validVersions: '0-6', flexibleVersions: '5+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    groups: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('6+', { nullable: '6+', default: null }),
      groupId: string('0+'),
      groupState: string('0+'),
      protocolType: string('0+'),
      protocolData: string('0+'),
      members: array('0+', {
        memberId: string('0+'),
        groupInstanceId: string('4+', { nullable: '4+', default: null, ignorable: true }),
        clientId: string('0+'),
        clientHost: string('0+'),
        memberMetadata: bytes('0+'),
        memberAssignment: bytes('0+'),
      }),
      authorizedOperations: int32('3+', { default: -2147483648 }),
    }),
  },
)
export type DescribeGroupsResponse = Infer<typeof DescribeGroupsResponse>

export const describeGroups = api('DescribeGroups', DescribeGroupsRequest, DescribeGroupsResponse)
