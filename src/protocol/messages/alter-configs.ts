/** AlterConfigs (API key 33): replaces all configs of a resource; IncrementalAlterConfigs took its place. */
import { api, array, bool, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const AlterConfigsRequest = message(
  { name: 'AlterConfigsRequest', apiKey: 33, validVersions: '0-2', flexibleVersions: '2+' },
  {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', {
        name: string('0+'),
        value: string('0+', { nullable: '0+' }),
      }),
    }),
    validateOnly: bool('0+'),
  },
)
export type AlterConfigsRequest = Infer<typeof AlterConfigsRequest>

export const AlterConfigsResponse = message(
  { name: 'AlterConfigsResponse', apiKey: 33, validVersions: '0-2', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    responses: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
    }),
  },
)
export type AlterConfigsResponse = Infer<typeof AlterConfigsResponse>

export const alterConfigs = api('AlterConfigs', AlterConfigsRequest, AlterConfigsResponse)
