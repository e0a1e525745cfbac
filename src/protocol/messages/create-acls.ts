/** CreateAcls (API key 30): adds access rules. */
import { api, array, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const CreateAclsRequest = message(
  { name: 'CreateAclsRequest', apiKey: 30, validVersions: '1-3', flexibleVersions: '2+' },
  {
    creations: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      resourcePatternType: int8('1+', { default: 3 }),
      principal: string('0+'),
      host: string('0+'),
      operation: int8('0+'),
      permissionType: int8('0+'),
    }),
  },
)
export type CreateAclsRequest = Infer<typeof CreateAclsRequest>

export const CreateAclsResponse = message(
  { name: 'CreateAclsResponse', apiKey: 30, validVersions: '1-3', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
    }),
  },
)
export type CreateAclsResponse = Infer<typeof CreateAclsResponse>

export const createAcls = api('CreateAcls', CreateAclsRequest, CreateAclsResponse)
