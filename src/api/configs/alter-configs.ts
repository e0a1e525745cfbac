/**
 * AlterConfigs (API key 33), versions 0–2: replaces all settings of a topic, broker, group or client-metrics
 * subscription by those given; superseded by IncrementalAlterConfigs. Work: metadata/configs.ts.
 * Gaps: those of IncrementalAlterConfigs.
 */
import { alterConfigs } from '#protocol/messages/alter-configs.ts'
import type { AlterConfigsRequest, AlterConfigsResponse } from '#protocol/messages/alter-configs.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { alterResources } from './altered-resources.ts'

export const alterConfigsHandler: Handler<AlterConfigsRequest, Input<typeof AlterConfigsResponse>> = {
  message: alterConfigs,
  versions: { min: 0, max: 2 },
  async handle({ services }, { resources, validateOnly }) {
    const wanted = resources.map(({ resourceType, resourceName, configs }) => ({
      resourceType,
      resourceName,
      changes: configs.map(({ name, value }) => ({ name, operation: 'SET' as const, value })),
    }))
    return { responses: await alterResources(services.configs, wanted, { replace: true, validateOnly }) }
  },
}
