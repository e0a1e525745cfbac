/**
 * Settings of a topic: its overrides above what it follows of the broker. Pure.
 */
import type { LogConfig } from '#log/log-config.ts'
import type { BrokerConfig } from './broker-config.ts'
import { faultOf, parseConfig, parseKnown } from './config-def.ts'
import type { ConfigValue, ParsedConfig } from './config-def.ts'
import { topicKeys } from './config-keys/index.ts'
import type { TopicKey } from './config-keys/topic-key.ts'

type Overrides = ReadonlyMap<string, string>

const minutes = 60_000
const hours = 60 * minutes

/** Broker keys in another unit than the topic key that follows them, with the factor to milliseconds. */
const unitFactors: ReadonlyMap<string, number> = new Map([
  ['log.retention.minutes', minutes],
  ['log.retention.hours', hours],
  ['log.roll.hours', hours],
  ['log.roll.jitter.hours', hours],
])

/** The value in force for a topic. An override that its key does not take, from another release, is passed over. */
export function topicValue(name: string, overrides: Overrides, broker: BrokerConfig): ParsedConfig {
  const key = topicKeys.get(name)!
  const text = overrides.get(name)
  const parsed = text === undefined ? undefined : parseConfig(key, text)
  return parsed === undefined || 'fault' in parsed ? inheritedValue(key, broker) : parsed
}

/** What a key is where it is not set: the first of its broker keys that has a value, in the topic key's unit. */
export function inheritedValue(key: TopicKey, broker: BrokerConfig): ParsedConfig {
  for (const name of key.brokerSynonyms) {
    const parsed = broker.parsed(name)
    if (parsed.value === null) continue
    const factor = unitFactors.get(name)
    if (factor === undefined) return parsed
    const value = (parsed.value as number) * factor
    return { value, text: String(value) }
  }
  return parseKnown(key, key.default)
}

/**
 * Checks all overrides of a topic together.
 * @returns why Kafka answers INVALID_CONFIG, or undefined
 */
export function checkTopicConfig(overrides: Overrides, broker: BrokerConfig): string | undefined {
  for (const [name, text] of overrides) {
    const key = topicKeys.get(name)
    if (key === undefined) return `Unknown topic config name: ${name}`
    const fault = faultOf(key, text)
    if (fault !== undefined) return fault
  }
  const minLagMs = topicValue('min.compaction.lag.ms', overrides, broker)
  const maxLagMs = topicValue('max.compaction.lag.ms', overrides, broker)
  if ((minLagMs.value as number) > (maxLagMs.value as number)) {
    return (
      `conflict topic config setting min.compaction.lag.ms (${minLagMs.text}) > ` +
      `max.compaction.lag.ms (${maxLagMs.text})`
    )
  }
  if (topicValue('remote.storage.enable', overrides, broker).value === true) {
    return 'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.'
  }
  return undefined
}

/** All of it as its logs need it. */
export function resolveLogConfig(overrides: Overrides, broker: BrokerConfig): LogConfig {
  const value = (name: string): ConfigValue => topicValue(name, overrides, broker).value
  const number = (name: string): number => value(name) as number
  const policy = value('cleanup.policy') as readonly string[]
  const compressionType = value('compression.type') as LogConfig['compressionType']
  return {
    segmentBytes: (value('internal.segment.bytes') as number | null) ?? number('segment.bytes'),
    segmentMs: number('segment.ms'),
    segmentJitterMs: number('segment.jitter.ms'),
    segmentIndexBytes: number('segment.index.bytes'),
    indexIntervalBytes: number('index.interval.bytes'),
    retentionMs: number('retention.ms'),
    retentionBytes: number('retention.bytes'),
    fileDeleteDelayMs: number('file.delete.delay.ms'),
    flushMessages: number('flush.messages'),
    flushMs: number('flush.ms'),
    cleanupDelete: policy.includes('delete'),
    cleanupCompact: policy.includes('compact'),
    maxMessageBytes: number('max.message.bytes'),
    messageTimestampType: value('message.timestamp.type') as LogConfig['messageTimestampType'],
    timestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
    timestampAfterMaxMs: number('message.timestamp.after.max.ms'),
    compressionType,
    compressionLevel: hasLevel(compressionType) ? number(`compression.${compressionType}.level`) : undefined,
  }
}

function hasLevel(type: LogConfig['compressionType']): boolean {
  return type === 'gzip' || type === 'lz4' || type === 'zstd'
}
