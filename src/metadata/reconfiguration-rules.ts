/**
 * What a dynamic change of a broker's settings must keep to besides the rules between settings: steps that are not
 * too large, and values that a running broker does not take. As the reconfigurables of Kafka's DynamicBrokerConfig,
 * with their words. Pure.
 */
import type { BrokerConfig } from './broker-config.ts'
import { invalidValue } from './config-def.ts'

/** Returns why Kafka refuses the change, or undefined. */
export function reconfigurationFault(before: BrokerConfig, after: BrokerConfig): string | undefined {
  const isChanged = (key: string): boolean => before.parsed(key).text !== after.parsed(key).text
  const fault =
    threadFault(before, after) ??
    localRetentionFault(after, 'ms', isChanged) ??
    localRetentionFault(after, 'bytes', isChanged) ??
    ['max.connections', 'max.connection.creation.rate']
      .filter(key => isChanged(key) && after.number(key) === 0)
      .map(key => `Invalid ${key} 0`)[0]
  if (fault === undefined) return isChanged('listeners') ? fixedListener : undefined
  // Kafka says it in this way.
  return `Invalid value org.apache.kafka.common.config.ConfigException: ${fault} for configuration Invalid dynamic configuration`
}

const fixedListener = 'The one listener stays as it is while the broker runs.'

const threadKeys = [
  'background.threads',
  'num.io.threads',
  'num.network.threads',
  'num.recovery.threads.per.data.dir',
  'num.replica.fetchers',
  'remote.log.manager.copier.thread.pool.size',
  'remote.log.manager.expiration.thread.pool.size',
  'remote.log.manager.follower.thread.pool.size',
  'remote.log.reader.threads',
]

/** A number of threads at most doubles and at most halves at a time. */
function threadFault(before: BrokerConfig, after: BrokerConfig): string | undefined {
  for (const key of threadKeys) {
    const [from, to] = [before.number(key), after.number(key)]
    const failed = `Dynamic thread count update validation failed for ${key}=${to}, value should`
    if (to < Math.trunc(from / 2)) return `${failed} be at least half the current value ${from}`
    if (to > from * 2) return `${failed} not be greater than double the current value ${from}`
  }
  const [from, to] = [before.number('log.cleaner.threads'), after.number('log.cleaner.threads')]
  if (to < Math.trunc(from / 2)) {
    return `Log cleaner threads cannot be reduced to less than half the current value ${from}`
  }
  if (to > from * 2) {
    return `Log cleaner threads cannot be increased to more than double the current value ${from}`
  }
  return undefined
}

/** What a tiered topic keeps on local disks is a part of what it keeps. -2: as much as there is. */
function localRetentionFault(
  after: BrokerConfig,
  unit: 'ms' | 'bytes',
  isChanged: (key: string) => boolean,
): string | undefined {
  const [localKey, key] = [`log.local.retention.${unit}`, `log.retention.${unit}`]
  if (!isChanged(localKey) && !isChanged(key)) return undefined
  const local = after.number(localKey)
  const all = unit === 'ms' ? retentionMs(after) : after.number(key)
  if (all === -1 || local === -2) return undefined
  if (local === -1) {
    return invalidValue(localKey, local, `Value must not be -1 as ${key} value is set as ${all}.`)
  }
  return local > all
    ? invalidValue(localKey, local, `Value must not be more than ${key} property value: ${all}`)
    : undefined
}

function retentionMs(config: BrokerConfig): number {
  if (config.parsed('log.retention.ms').value !== null) return config.number('log.retention.ms')
  if (config.parsed('log.retention.minutes').value !== null)
    return config.number('log.retention.minutes') * 60_000
  return config.number('log.retention.hours') * 3_600_000
}
