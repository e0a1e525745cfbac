/**
 * IncrementalAlterConfigs (API key 44), versions 0–1: sets, removes, extends and cuts single settings of topics,
 * brokers, their loggers, groups and client-metrics subscriptions. Work: metadata/configs.ts.
 * Gaps: a broker takes the keys that Kafka defines, not those of plug-ins; it has one logger, root.
 */
import type { ConfigChange, ConfigOperation } from '#metadata/config-changes.ts'
import { refusal } from '#metadata/refusal.ts'
import type { Refusal } from '#metadata/refusal.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import type {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '#protocol/messages/incremental-alter-configs.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { alterResources } from './altered-resources.ts'

type Config = IncrementalAlterConfigsRequest['resources'][number]['configs'][number]

const operations: readonly ConfigOperation[] = ['SET', 'DELETE', 'APPEND', 'SUBTRACT']

export const incrementalAlterConfigsHandler: Handler<
  IncrementalAlterConfigsRequest,
  Input<typeof IncrementalAlterConfigsResponse>
> = {
  message: incrementalAlterConfigs,
  versions: { min: 0, max: 1 },
  async handle({ services }, { resources, validateOnly }) {
    const wanted = resources.map(({ resourceType, resourceName, configs }) => ({
      resourceType,
      resourceName,
      changes: changesOf(configs),
    }))
    return { responses: await alterResources(services.configs, wanted, { replace: false, validateOnly }) }
  },
}

function changesOf(configs: readonly Config[]): ConfigChange[] | Refusal {
  const changes: ConfigChange[] = []
  for (const { name, configOperation, value } of configs) {
    const operation = operations[configOperation]
    if (operation === undefined) {
      return refusal('INVALID_REQUEST', `Unknown operations type ${configOperation}`)
    }
    changes.push({ name, operation, value })
  }
  return changes
}
