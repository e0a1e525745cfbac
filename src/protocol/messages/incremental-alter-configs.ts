/** IncrementalAlterConfigs (API key 44): sets, resets, extends and cuts single configs. */
import { api, array, bool, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const IncrementalAlterConfigsRequest = message(
  { name: 'IncrementalAlterConfigsRequest', apiKey: 44, validVersions: '0-1', flexibleVersions: '1+' },
  {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', {
        name: string('0+'),
        configOperation: int8('0+'),
        value: string('0+', { nullable: '0+' }),
      }),
    }),
    validateOnly: bool('0+'),
  },
)
export type IncrementalAlterConfigsRequest = Infer<typeof IncrementalAlterConfigsRequest>

export const IncrementalAlterConfigsResponse = message(
  { name: 'IncrementalAlterConfigsResponse', apiKey: 44, validVersions: '0-1', flexibleVersions: '1+' },
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
export type IncrementalAlterConfigsResponse = Infer<typeof IncrementalAlterConfigsResponse>

export const incrementalAlterConfigs = api(
  'IncrementalAlterConfigs',
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
)
