/** What IncrementalAlterConfigs and AlterConfigs share: the resources of a request, and the answer for each. */
import type { ConfigChange } from '#metadata/config-changes.ts'
import type { Configs, ResourceChanges } from '#metadata/configs.ts'
import { refusal } from '#metadata/refusal.ts'
import type { Refusal } from '#metadata/refusal.ts'
import { errorCode } from '#protocol/error-codes.ts'
import { resourceTypeOf } from './resource-types.ts'

export interface ResourceResult {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
}

export interface WantedResource {
  readonly resourceType: number
  readonly resourceName: string
  /** Or why the request makes no sense. */
  readonly changes: readonly ConfigChange[] | Refusal
}

/** Results are in the order of the request. */
export async function alterResources(
  configs: Configs,
  wanted: readonly WantedResource[],
  { replace, validateOnly }: { replace: boolean; validateOnly: boolean },
): Promise<ResourceResult[]> {
  const plans = wanted.map(resource => planOf(resource, replace))
  const resources = plans.filter((plan): plan is ResourceChanges => !('error' in plan))
  const altered = await configs.alter(resources, validateOnly)
  const faults = new Map(resources.map((resource, index) => [resource, altered[index]]))
  return plans.map((plan, index) => {
    const { resourceType, resourceName } = wanted[index]!
    const fault = 'error' in plan ? plan : faults.get(plan)
    return {
      errorCode: errorCode(fault?.error ?? 'NONE'),
      errorMessage: fault?.message ?? null,
      resourceType,
      resourceName,
    }
  })
}

function planOf(
  { resourceType, resourceName, changes }: WantedResource,
  replace: boolean,
): ResourceChanges | Refusal {
  if ('error' in changes) return changes
  const type = resourceTypeOf(resourceType)
  if (type === undefined || (replace && type === 'broker-logger')) {
    return refusal('INVALID_REQUEST', `Unknown resource type ${resourceType}`)
  }
  return { type, name: resourceName, changes, replace }
}
