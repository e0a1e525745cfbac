/**
 * What the settings of a resource must be after a change. The checks and their order are those of Kafka's
 * DynamicBrokerConfig, LogConfig, GroupConfig and ClientMetricsConfigs. Pure.
 */
import { brokenRule } from './broker-config-rules.ts'
import type { BrokerConfig } from './broker-config.ts'
import { split } from './config-changes.ts'
import { faultOf, parseConfig, parseKnown } from './config-def.ts'
import type { ConfigKey } from './config-def.ts'
import type { BrokerKey } from './config-keys/broker-key.ts'
import { brokerKeys, brokerQuotaKeys, clientMetricsKeys, groupKeys, topicKeys } from './config-keys/index.ts'
import { baseName, listenerKey } from './listener-keys.ts'
import { reconfigurationFault } from './reconfiguration-rules.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { checkTopicConfig } from './topic-config.ts'

type Texts = ReadonlyMap<string, string>

export function checkTopic(after: Texts, broker: BrokerConfig): Refusal | undefined {
  const fault = checkTopicConfig(after, broker)
  return fault === undefined ? undefined : refusal('INVALID_CONFIG', fault)
}

/** Settings that Kafka changes for a single listener only. */
const listenersOwn: ReadonlySet<string> = new Set([
  'ssl.key.password',
  ...['certificate.chain', 'key', 'location', 'password', 'type'].map(name => `ssl.keystore.${name}`),
  ...['certificates', 'location', 'password', 'type'].map(name => `ssl.truststore.${name}`),
])

function brokerKey(name: string): BrokerKey | undefined {
  return brokerKeys.get(name) ?? brokerQuotaKeys.get(name) ?? listenerKey(name)
}

export interface BrokerChange {
  /** The dynamic settings after the change, of this broker or of all. */
  readonly after: Texts
  readonly forOneBroker: boolean
  /** Keys that the request names. */
  readonly names: readonly string[]
}

/**
 * Kafka takes any unknown key for a broker, for its plug-ins. There are none here, so that an unknown key can only
 * be a mistake.
 */
export function checkBroker(
  { after, forOneBroker, names }: BrokerChange,
  config: BrokerConfig,
): Refusal | undefined {
  const set = names.filter(name => after.has(name))
  const unknown = set.find(name => brokerKey(name) === undefined)
  if (unknown !== undefined) return refusal('INVALID_CONFIG', `Unknown broker config name: ${unknown}`)
  const readOnly = set.filter(name => brokerKey(name)!.update === 'read-only')
  if (readOnly.length > 0) return invalidRequest('Cannot update these configs dynamically', readOnly)
  const tls = set.filter(name => listenersOwn.has(name))
  if (tls.length > 0) {
    return invalidRequest(
      'These security configs can be dynamically updated only per-listener using the listener prefix',
      tls,
    )
  }
  const fault = firstBrokerFault(after)
  if (fault !== undefined) return refusal('INVALID_REQUEST', fault)
  const perBroker = set.filter(name => brokerKey(name)!.update === 'per-broker')
  if (!forOneBroker && perBroker.length > 0) {
    return invalidRequest(
      'Cannot update these configs at default cluster level, broker id must be specified',
      perBroker,
    )
  }
  const { cluster, broker } = config.dynamic
  const preview = forOneBroker ? config.preview(cluster, after) : config.preview(after, broker)
  const reason = brokenRule(preview)?.fault ?? reconfigurationFault(config, preview)
  return reason === undefined ? undefined : refusal('INVALID_REQUEST', reason)
}

/** The words for a listener's setting name the key that it stands in for. */
function firstBrokerFault(texts: Texts): string | undefined {
  for (const [name, text] of texts) {
    const key = brokerKeys.get(baseName(name) ?? name) ?? brokerQuotaKeys.get(name)
    const fault = key === undefined ? undefined : faultOf(key, text)
    if (fault !== undefined) return fault
  }
  return undefined
}

function invalidRequest(message: string, names: readonly string[]): Refusal {
  return refusal('INVALID_REQUEST', `${message}: [${names.join(', ')}]`)
}

/** In the order in which Kafka looks at them. */
const groupOrder = [
  ...['heartbeat.interval.ms', 'session.timeout.ms', 'assignment.interval.ms'].map(
    name => `consumer.${name}`,
  ),
  ...['heartbeat.interval.ms', 'session.timeout.ms', 'record.lock.duration.ms'].map(name => `share.${name}`),
  ...['delivery.count.limit', 'partition.max.record.locks', 'assignment.interval.ms'].map(
    name => `share.${name}`,
  ),
  ...['heartbeat.interval.ms', 'session.timeout.ms', 'num.standby.replicas'].map(name => `streams.${name}`),
  'streams.assignment.interval.ms',
]

/**
 * Besides its type, a group's value must lie within what the broker allows to any group. Values that are not set
 * count with their defaults, but for assignment intervals, which follow the broker.
 */
export function checkGroup(after: Texts, broker: BrokerConfig): Refusal | undefined {
  const unknown = [...after.keys()].find(name => !groupKeys.has(name))
  if (unknown !== undefined) return refusal('INVALID_CONFIG', `Unknown group config name: ${unknown}`)
  const fault = firstFault(groupKeys, after)
  if (fault !== undefined) return refusal('INVALID_CONFIG', fault)
  const value = (name: string): number => {
    const key = groupKeys.get(name)!
    return parseKnown(key, after.get(name) ?? key.default).value as number
  }
  for (const name of groupOrder) {
    if (name.endsWith('assignment.interval.ms') && !after.has(name)) continue
    const [, kind, rest] = /^([a-z]+)\.(?:num\.)?(.*)$/.exec(name)!
    const [min, max] = [`group.${kind}.min.${rest}`, `group.${kind}.max.${rest}`]
    if (brokerKeys.has(min) && value(name) < broker.number(min)) {
      return refusal('INVALID_CONFIG', `${name} must be greater than or equal to ${min}`)
    }
    if (brokerKeys.has(max) && value(name) > broker.number(max)) {
      return refusal('INVALID_CONFIG', `${name} must be less than or equal to ${max}`)
    }
  }
  for (const kind of ['consumer', 'share', 'streams']) {
    const [session, heartbeat] = [`${kind}.session.timeout.ms`, `${kind}.heartbeat.interval.ms`]
    if (value(session) <= value(heartbeat)) {
      return refusal('INVALID_CONFIG', `${session} must be greater than ${heartbeat}`)
    }
  }
  return undefined
}

const matchableProperties: ReadonlySet<string> = new Set([
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
])

/** Bounds of a client-metrics interval: a tenth of a second and an hour. */
const minIntervalMs = 100
const maxIntervalMs = 3_600_000

export function checkClientMetrics(after: Texts): Refusal | undefined {
  const unknown = [...after.keys()].find(name => !clientMetricsKeys.has(name))
  if (unknown !== undefined) {
    return refusal('INVALID_REQUEST', `Unknown client metrics configuration: ${unknown}`)
  }
  const fault = firstFault(clientMetricsKeys, after)
  if (fault !== undefined) return refusal('INVALID_CONFIG', fault)
  const interval = parsedText(after, 'interval.ms')
  if (interval !== undefined && !(Number(interval) >= minIntervalMs && Number(interval) <= maxIntervalMs)) {
    return refusal(
      'INVALID_REQUEST',
      `Invalid value ${interval} for interval.ms, interval must be between ${minIntervalMs} and ` +
        `${maxIntervalMs} (1 hour)`,
    )
  }
  for (const pattern of split(parsedText(after, 'match') ?? '')) {
    if (!isMatchPattern(pattern)) {
      return refusal('INVALID_CONFIG', `Illegal client matching pattern: ${pattern}`)
    }
  }
  return undefined
}

/** A value without the spaces and signs that do not count. */
function parsedText(texts: Texts, name: string): string | undefined {
  const text = texts.get(name)
  const parsed = text === undefined ? undefined : parseConfig(clientMetricsKeys.get(name)!, text)
  return parsed === undefined || 'fault' in parsed ? undefined : (parsed.text ?? undefined)
}

/** A property, `=`, a regular expression. */
function isMatchPattern(pattern: string): boolean {
  const [, property, expression] = /^\s*([^=]*?)\s*=(.*)$/s.exec(pattern) ?? []
  if (property === undefined || !matchableProperties.has(property)) return false
  // Java has flags in front and classes that are unknown here; nothing is matched yet, so that these pass.
  const plain = expression!.replace(/^\(\?[a-zA-Z]+\)/, '')
  try {
    return new RegExp(plain) instanceof RegExp
  } catch {
    return false
  }
}

const noKeys: ReadonlyMap<string, ConfigKey> = new Map()

/** Of a resource that is no broker: the keys whose lists can be extended, and the check of its settings as a whole. */
export const ruleOf = {
  topic: { keys: topicKeys, check: checkTopic },
  group: { keys: noKeys, check: checkGroup },
  'client-metrics': { keys: noKeys, check: checkClientMetrics },
} as const

function firstFault(keys: ReadonlyMap<string, ConfigKey>, texts: Texts): string | undefined {
  for (const [name, text] of texts) {
    const key = keys.get(name)
    const fault = key === undefined ? undefined : faultOf(key, text)
    if (fault !== undefined) return fault
  }
  return undefined
}
