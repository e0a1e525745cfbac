/** DeleteGroups (API key 42): deletes groups that have no members. */
import { api, array, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const DeleteGroupsRequest = message(
  { name: 'DeleteGroupsRequest', apiKey: 42, validVersions: '0-2', flexibleVersions: '2+' },
  {
    groupsNames: array('0+', 'string'),
  },
)
export type DeleteGroupsRequest = Infer<typeof DeleteGroupsRequest>

export const DeleteGroupsResponse = message(
  { name: 'DeleteGroupsResponse', apiKey: 42, validVersions: '0-2', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      groupId: string('0+'),
      errorCode: int16('0+'),
    }),
  },
)
export type DeleteGroupsResponse = Infer<typeof DeleteGroupsResponse>

export const deleteGroups = api('DeleteGroups', DeleteGroupsRequest, DeleteGroupsResponse)
