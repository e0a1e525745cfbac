/** The numbers that the protocol has for kinds of resources, sources and types of configs. */
import type { ConfigSource } from '#metadata/broker-config.ts'
import type { ConfigType } from '#metadata/config-def.ts'
import type { ConfigResourceType } from '#metadata/configs.ts'

const resourceTypes: ReadonlyMap<number, ConfigResourceType> = new Map([
  [2, 'topic'],
  [4, 'broker'],
  [8, 'broker-logger'],
  [16, 'client-metrics'],
  [32, 'group'],
])

/** undefined: no resource that Kafka has. */
export function resourceTypeOf(code: number): ConfigResourceType | undefined {
  return resourceTypes.get(code)
}

export const sourceCodes: Readonly<Record<ConfigSource, number>> = {
  TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  CLIENT_METRICS_CONFIG: 7,
  GROUP_CONFIG: 8,
}

export const typeCodes: Readonly<Record<ConfigType | 'UNKNOWN', number>> = {
  UNKNOWN: 0,
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
}
