/** ListGroups (API key 16): lists the groups that a broker coordinates. */
import { api, array, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const ListGroupsRequest = message(
  { name: 'ListGroupsRequest', apiKey: 16, validVersions: '0-5', flexibleVersions: '3+' },
  {
    statesFilter: array('4+', 'string'),
    typesFilter: array('5+', 'string'),
  },
)
export type ListGroupsRequest = Infer<typeof ListGroupsRequest>

export const ListGroupsResponse = message(
  { name: 'ListGroupsResponse', apiKey: 16, validVersions: '0-5', flexibleVersions: '3+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    groups: array('0+', {
      groupId: string('0+'),
      protocolType: string('0+'),
      groupState: string('4+', { ignorable: true }),
      groupType: string('5+', { ignorable: true }),
    }),
  },
)
export type ListGroupsResponse = Infer<typeof ListGroupsResponse>

export const listGroups = api('ListGroups', ListGroupsRequest, ListGroupsResponse)
