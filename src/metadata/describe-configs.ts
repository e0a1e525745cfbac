/**
 * What DescribeConfigs shows of a resource: values, where they come from, and what would count without them.
 * As Kafka's ConfigHelper. Pure.
 */
import type { BrokerConfig, ConfigSource, SourcedText } from './broker-config.ts'
import { documentationOf, parseConfig } from './config-def.ts'
import type { ConfigKey, ConfigType } from './config-def.ts'
import { brokerKeys, brokerQuotaKeys, clientMetricsKeys, groupKeys, topicKeys } from './config-keys/index.ts'
import type { BrokerKey } from './config-keys/broker-key.ts'
import type { TopicKey } from './config-keys/topic-key.ts'
import { baseName, listenerKey } from './listener-keys.ts'
import { inheritedValue, topicValue } from './topic-config.ts'

type Texts = ReadonlyMap<string, string>

export interface ConfigEntry {
  readonly name: string
  /** null: none, or sensitive. */
  readonly value: string | null
  readonly type: ConfigType | 'UNKNOWN'
  readonly source: ConfigSource
  readonly readOnly: boolean
  readonly sensitive: boolean
  /** The one in force first. */
  readonly synonyms: readonly {
    readonly name: string
    readonly value: string | null
    readonly source: ConfigSource
  }[]
  readonly documentation: string
}

/** Broker keys that are one setting in several units, or one behind another; the one that counts most first. */
const families: readonly (readonly string[])[] = [
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
]
const flushFamily = ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms']

export function describeTopic(overrides: Texts, broker: BrokerConfig): ConfigEntry[] {
  return shown(topicKeys, overrides).map(key =>
    entryOf(key, topicValue(key.name, overrides, broker).text, {
      synonyms: [...own(key, overrides, 'TOPIC_CONFIG'), ...inherited(key, broker)],
    }),
  )
}

/** All settings of this broker. */
export function describeBroker(broker: BrokerConfig): ConfigEntry[] {
  const entries = [...shown(brokerKeys, new Map()), ...quotasSet(broker)].map(key =>
    entryOf(key, broker.parsed(key.name).text, {
      synonyms: fromNameOn(key.name, broker.synonyms(familyOf(key.name))),
      readOnly: key.update === 'read-only',
    }),
  )
  return [...entries, ...broker.listenerSettings.flatMap(name => describeListener(name, broker))]
}

/** A setting of one listener, which Kafka calls read-only though it can be changed. Shown as it was given. */
function describeListener(name: string, broker: BrokerConfig): ConfigEntry[] {
  const key = listenerKey(name)
  const synonyms = fromNameOn(name, broker.synonyms([name, baseName(name)!]))
  return key === undefined || synonyms.length === 0
    ? []
    : [entryOf(key, synonyms[0]!.text, { synonyms, readOnly: true })]
}

/** The dynamic settings that all brokers share; what is not set is not listed. */
export function describeBrokerDefaults(broker: BrokerConfig): ConfigEntry[] {
  const { cluster } = broker.dynamic
  return [...cluster].flatMap(([name, text]) => {
    const key = brokerKeys.get(name) ?? brokerQuotaKeys.get(name) ?? listenerKey(name)
    if (key === undefined) return []
    const source = 'DYNAMIC_DEFAULT_BROKER_CONFIG'
    return entryOf(key, text, { synonyms: [{ name, text, source }], readOnly: baseName(name) !== undefined })
  })
}

export function describeGroup(overrides: Texts, broker: BrokerConfig): ConfigEntry[] {
  return shown(groupKeys, overrides).map(key => {
    const below = key.brokerSynonyms.length === 0 ? ownDefault(key) : inherited(key, broker)
    const text = overrides.get(key.name)
    return entryOf(key, text === undefined ? inheritedValue(key, broker).text : shownText(key, text), {
      synonyms: [...own(key, overrides, 'GROUP_CONFIG'), ...below],
    })
  })
}

export function describeClientMetrics(overrides: Texts): ConfigEntry[] {
  return shown(clientMetricsKeys, overrides).map(key =>
    entryOf(key, shownText(key, overrides.get(key.name) ?? key.default ?? ''), {
      synonyms: own(key, overrides, 'CLIENT_METRICS_CONFIG'),
    }),
  )
}

/** Keys that a listing has: internal ones only where somebody set them. */
function shown<Key extends ConfigKey>(keys: ReadonlyMap<string, Key>, overrides: Texts): Key[] {
  return [...keys.values()].filter(key => key.internal !== true || overrides.has(key.name))
}

function quotasSet(broker: BrokerConfig): BrokerKey[] {
  return [...brokerQuotaKeys.values()].filter(key => broker.isSet(key.name))
}

function entryOf(
  key: ConfigKey,
  text: string | null,
  { synonyms, readOnly = false }: { synonyms: readonly SourcedText[]; readOnly?: boolean },
): ConfigEntry {
  const sensitive = key.type === 'PASSWORD'
  return {
    name: key.name,
    value: sensitive ? null : text,
    type: key.type,
    source: synonyms[0]?.source ?? 'DEFAULT_CONFIG',
    readOnly,
    sensitive,
    synonyms: synonyms.map(({ name, text, source }) => ({ name, value: sensitive ? null : text, source })),
    documentation: documentationOf(key),
  }
}

/** The override itself, as it is shown. */
function own(key: TopicKey, overrides: Texts, source: ConfigSource): SourcedText[] {
  const text = overrides.get(key.name)
  return text === undefined ? [] : [{ name: key.name, text: shownText(key, text), source }]
}

/** Another release may have stored a value that is no longer taken: it is shown as it stands. */
function shownText(key: ConfigKey, text: string): string {
  const parsed = parseConfig(key, text)
  return 'fault' in parsed ? text : (parsed.text ?? text)
}

function ownDefault(key: TopicKey): SourcedText[] {
  return key.default === null ? [] : [{ name: key.name, text: key.default, source: 'DEFAULT_CONFIG' }]
}

function inherited(key: TopicKey, broker: BrokerConfig): SourcedText[] {
  const [first] = key.brokerSynonyms
  return first === undefined ? [] : fromNameOn(first, broker.synonyms(familyOf(first)))
}

function familyOf(name: string): readonly string[] {
  if (name === flushFamily[0]) return flushFamily
  return families.find(family => family.includes(name)) ?? [name]
}

/** Kafka drops what comes before the first synonym of the name itself, all of it where the name has none. */
function fromNameOn(name: string, synonyms: readonly SourcedText[]): SourcedText[] {
  const first = synonyms.findIndex(synonym => synonym.name === name)
  return first < 0 ? [] : synonyms.slice(first)
}
