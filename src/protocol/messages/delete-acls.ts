/** DeleteAcls (API key 31): removes the access rules that match filters. */
import { api, array, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const DeleteAclsRequest = message(
  { name: 'DeleteAclsRequest', apiKey: 31, validVersions: '1-3', flexibleVersions: '2+' },
  {
    filters: array('0+', {
      resourceTypeFilter: int8('0+'),
      resourceNameFilter: string('0+', { nullable: '0+' }),
      patternTypeFilter: int8('1+', { default: 3 }),
      principalFilter: string('0+', { nullable: '0+' }),
      hostFilter: string('0+', { nullable: '0+' }),
      operation: int8('0+'),
      permissionType: int8('0+'),
    }),
  },
)
export type DeleteAclsRequest = Infer<typeof DeleteAclsRequest>

export const DeleteAclsResponse = message(
  { name: 'DeleteAclsResponse', apiKey: 31, validVersions: '1-3', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    filterResults: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      matchingAcls: array('0+', {
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
        resourceType: int8('0+'),
        resourceName: string('0+'),
        patternType: int8('1+', { default: 3 }),
        principal: string('0+'),
        host: string('0+'),
        operation: int8('0+'),
        permissionType: int8('0+'),
      }),
    }),
  },
)
export type DeleteAclsResponse = Infer<typeof DeleteAclsResponse>

export const deleteAcls = api('DeleteAcls', DeleteAclsRequest, DeleteAclsResponse)
