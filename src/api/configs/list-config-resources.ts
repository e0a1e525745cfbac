/**
 * ListConfigResources (API key 74), versions 0–1: names of what DescribeConfigs can describe. Version 0 knows
 * client-metrics subscriptions only; version 1 takes kinds, none of which means all. Work: metadata/configs.ts.
 * Gaps: none.
 */
import { errorCode } from '#protocol/error-codes.ts'
import { listConfigResources } from '#protocol/messages/list-config-resources.ts'
import type {
  ListConfigResourcesRequest,
  ListConfigResourcesResponse,
} from '#protocol/messages/list-config-resources.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { resourceTypeOf } from './resource-types.ts'

/** In the order in which Kafka lists them. */
const allTypes = [32, 16, 8, 4, 2]
const clientMetrics = 16

export const listConfigResourcesHandler: Handler<
  ListConfigResourcesRequest,
  Input<typeof ListConfigResourcesResponse>
> = {
  message: listConfigResources,
  versions: { min: 0, max: 1 },
  handle({ services, version }, { resourceTypes }) {
    const wanted = version === 0 ? [clientMetrics] : resourceTypes
    if (wanted.some(type => resourceTypeOf(type) === undefined)) {
      return { errorCode: errorCode('UNSUPPORTED_VERSION'), configResources: [] }
    }
    const types = allTypes.filter(type => wanted.length === 0 || wanted.includes(type))
    return {
      errorCode: 0,
      configResources: types.flatMap(resourceType =>
        services.configs
          .names(resourceTypeOf(resourceType)!)
          .map(resourceName => ({ resourceName, resourceType })),
      ),
    }
  },
}
