/** ListConfigResources (API key 74): lists the resources that have configs. */
import { api, array, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const ListConfigResourcesRequest = message(
  { name: 'ListConfigResourcesRequest', apiKey: 74, validVersions: '0-1', flexibleVersions: '0+' },
  {
    resourceTypes: array('1+', 'int8'),
  },
)
export type ListConfigResourcesRequest = Infer<typeof ListConfigResourcesRequest>

export const ListConfigResourcesResponse = message(
  { name: 'ListConfigResourcesResponse', apiKey: 74, validVersions: '0-1', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    configResources: array('0+', {
      resourceName: string('0+'),
      resourceType: int8('1+', { default: 16, ignorable: true }),
    }),
  },
)
export type ListConfigResourcesResponse = Infer<typeof ListConfigResourcesResponse>

export const listConfigResources = api(
  'ListConfigResources',
  ListConfigResourcesRequest,
  ListConfigResourcesResponse,
)
