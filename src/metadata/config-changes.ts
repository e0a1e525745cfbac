/**
 * Decides what a client's change of configs makes of a resource, and whether that is allowed. The checks and their
 * order are those of Kafka's ConfigAdminManager and ControllerConfigurationValidator. Pure.
 */
import type { BrokerConfig } from './broker-config.ts'
import { faultOf } from './config-def.ts'
import type { ConfigKey } from './config-def.ts'
import { brokerKeys, brokerQuotaKeys, clientMetricsKeys, groupKeys, topicKeys } from './config-keys/index.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { checkTopicConfig } from './topic-config.ts'

type Texts = ReadonlyMap<string, string>

export type ConfigOperation = 'SET' | 'DELETE' | 'APPEND' | 'SUBTRACT'

/** One change of one key. */
export interface ConfigChange {
  readonly name: string
  readonly operation: ConfigOperation
  /** null for DELETE only. */
  readonly value: string | null
}

/** What must hold for any resource. */
export function checkChanges(changes: readonly ConfigChange[]): Refusal | undefined {
  if (new Set(changes.map(change => change.name)).size < changes.length) {
    return refusal('INVALID_REQUEST', 'Error due to duplicate config keys')
  }
  const nulls = changes.filter(change => change.operation !== 'DELETE' && change.value === null)
  if (nulls.length === 0) return undefined
  return refusal(
    'INVALID_REQUEST',
    `Null value not supported for : ${nulls.map(({ name }) => name).join(', ')}`,
  )
}

/** The settings after the changes, for a topic, group or client-metrics subscription. */
export function changed(
  keys: ReadonlyMap<string, ConfigKey>,
  current: Texts,
  changes: readonly ConfigChange[],
): Map<string, string> | Refusal {
  return applyChanges(keys, current, changes, ({ name, operation }) =>
    refusal('INVALID_CONFIG', `Can't ${operation} to key ${name} because its type is not LIST.`),
  )
}

/** The same for dynamic settings of brokers, where the refusal of a list operation has other words. */
export function changedBroker(
  current: Texts,
  changes: readonly ConfigChange[],
): Map<string, string> | Refusal {
  return applyChanges(brokerKeys, current, changes, ({ name, operation }) =>
    refusal(
      'INVALID_CONFIG',
      brokerKeys.has(name)
        ? `Config value ${operation.toLowerCase()} is not allowed for config key: ${name}`
        : `Unknown config name: ${name}`,
    ),
  )
}

function applyChanges(
  keys: ReadonlyMap<string, ConfigKey>,
  current: Texts,
  changes: readonly ConfigChange[],
  notAList: (change: ConfigChange) => Refusal,
): Map<string, string> | Refusal {
  const after = new Map(current)
  for (const change of changes) {
    const { name, operation, value } = change
    if (operation === 'DELETE') {
      after.delete(name)
      continue
    }
    if (operation === 'SET') {
      after.set(name, value!)
      continue
    }
    const key = keys.get(name)
    if (key?.type !== 'LIST') return notAList(change)
    const parts = value!.split(',')
    const before = split(after.get(name) ?? key.default ?? '')
    const list =
      operation === 'APPEND'
        ? [...before, ...parts.filter(part => !before.includes(part))]
        : before.filter(part => !parts.includes(part))
    after.set(name, list.join(','))
  }
  return after
}

function split(list: string): string[] {
  return list === '' ? [] : list.split(/\s*,\s*/)
}

export function checkTopic(after: Texts, broker: BrokerConfig): Refusal | undefined {
  const fault = checkTopicConfig(after, broker)
  return fault === undefined ? undefined : refusal('INVALID_CONFIG', fault)
}

/**
 * Kafka takes any unknown key for a broker, for its plug-ins. There are none here, so that an unknown key can only
 * be a mistake.
 * @param names keys that the request sets
 */
export function checkBroker(
  after: Texts,
  names: readonly string[],
  forOneBroker: boolean,
): Refusal | undefined {
  const set = names.filter(name => after.has(name))
  const unknown = set.find(name => !brokerKeys.has(name) && !brokerQuotaKeys.has(name))
  if (unknown !== undefined) return refusal('INVALID_CONFIG', `Unknown broker config name: ${unknown}`)
  const readOnly = set.filter(name => brokerKeys.get(name)?.update === 'read-only')
  if (readOnly.length > 0) return invalidRequest('Cannot update these configs dynamically', readOnly)
  const tls = set.filter(name => name.startsWith('ssl.'))
  if (tls.length > 0) {
    return invalidRequest(
      'These security configs can be dynamically updated only per-listener using the listener prefix',
      tls,
    )
  }
  const fault = firstFault(new Map([...brokerKeys, ...brokerQuotaKeys]), after)
  if (fault !== undefined) return refusal('INVALID_REQUEST', fault)
  const perBroker = set.filter(name => brokerKeys.get(name)?.update === 'per-broker')
  if (forOneBroker || perBroker.length === 0) return undefined
  return invalidRequest(
    'Cannot update these configs at default cluster level, broker id must be specified',
    perBroker,
  )
}

function invalidRequest(message: string, names: readonly string[]): Refusal {
  return refusal('INVALID_REQUEST', `${message}: [${names.join(', ')}]`)
}

/** Besides its type, a group's value must lie within what the broker allows to any group. */
export function checkGroup(after: Texts, broker: BrokerConfig): Refusal | undefined {
  const unknown = [...after.keys()].find(name => !groupKeys.has(name))
  if (unknown !== undefined) return refusal('INVALID_CONFIG', `Unknown group config name: ${unknown}`)
  const fault = firstFault(groupKeys, after)
  if (fault !== undefined) return refusal('INVALID_CONFIG', fault)
  for (const [name, text] of after) {
    const [, kind, rest] = /^([a-z]+)\.(?:num\.)?(.*)$/.exec(name)!
    const [min, max] = [`group.${kind}.min.${rest}`, `group.${kind}.max.${rest}`]
    if (brokerKeys.has(min) && Number(text) < broker.number(min)) {
      return refusal('INVALID_CONFIG', `${name} must be greater than or equal to ${min}`)
    }
    if (brokerKeys.has(max) && Number(text) > broker.number(max)) {
      return refusal('INVALID_CONFIG', `${name} must be less than or equal to ${max}`)
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
  const interval = after.get('interval.ms')
  if (interval !== undefined && !(Number(interval) >= minIntervalMs && Number(interval) <= maxIntervalMs)) {
    return refusal(
      'INVALID_REQUEST',
      `Invalid value ${interval} for interval.ms, interval must be between ${minIntervalMs} and ` +
        `${maxIntervalMs} (1 hour)`,
    )
  }
  for (const pattern of split(after.get('match') ?? '')) {
    if (!isMatchPattern(pattern)) {
      return refusal('INVALID_CONFIG', `Illegal client matching pattern: ${pattern}`)
    }
  }
  return undefined
}

/** A property, `=`, a regular expression. */
function isMatchPattern(pattern: string): boolean {
  const [, property, expression] = /^\s*([^=]*?)\s*=(.*)$/s.exec(pattern) ?? []
  if (property === undefined || !matchableProperties.has(property)) return false
  try {
    return new RegExp(expression!, 'u') instanceof RegExp
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
