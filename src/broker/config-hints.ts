/** What the command line may propose of configs: their names, and their values where these can be counted. */
import { allowedValues, type ConfigKey } from '#metadata/config-def.ts'
import { brokerKeys, topicKeys } from '#metadata/config-keys/index.ts'

export interface ConfigHint {
  readonly name: string
  /** In a few words. */
  readonly allowed: string
  /** Empty where there are too many. */
  readonly values: readonly string[]
}

export function configHints(of: 'topic' | 'broker'): ConfigHint[] {
  const keys: readonly ConfigKey[] = [...(of === 'topic' ? topicKeys : brokerKeys).values()]
  return keys
    .filter(key => key.internal !== true)
    .map(key => ({
      name: key.name,
      allowed: allowedValues(key),
      values: key.type === 'BOOLEAN' ? ['true', 'false'] : (key.valid?.values ?? []),
    }))
}
