/**
 * The broker's own settings: what was given at start, what DescribeConfigs and its kin call static, and above it
 * the dynamic values, which configs.ts keeps. A value is read at the moment it is needed, so that a dynamic
 * change takes effect. Knows nothing of topics; does not persist.
 */
import { assert } from '#base/assert.ts'
import { brokenRule } from './broker-config-rules.ts'
import { allowedValues, faultOf, parseConfig } from './config-def.ts'
import type { ConfigValue, ParsedConfig } from './config-def.ts'
import { ConfigError } from './config-error.ts'
import type { BrokerKey } from './config-keys/broker-key.ts'
import { brokerKeys, brokerQuotaKeys, topicKeys } from './config-keys/index.ts'
import { baseName, listenerKey, listenerSetting } from './listener-keys.ts'
import { nearestName } from './nearest-name.ts'

type Texts = ReadonlyMap<string, string>

/** What a start was given; later ones count more. */
export interface ConfigSources {
  /** What the broker knows of itself and nobody gave, such as node.id. Shown as static. */
  readonly implied?: Texts
  /** From a properties file. */
  readonly file?: Texts
  /** From the command line, or from the options of Broker.start. */
  readonly set?: Texts
}

export type ConfigSource =
  | 'TOPIC_CONFIG'
  | 'DYNAMIC_BROKER_CONFIG'
  | 'DYNAMIC_DEFAULT_BROKER_CONFIG'
  | 'STATIC_BROKER_CONFIG'
  | 'DEFAULT_CONFIG'
  | 'DYNAMIC_BROKER_LOGGER_CONFIG'
  | 'CLIENT_METRICS_CONFIG'
  | 'GROUP_CONFIG'

export interface SourcedText {
  readonly name: string
  readonly text: string
  readonly source: ConfigSource
}

const empty: Texts = new Map()

export class BrokerConfig {
  /** Known keys that were given and do nothing here, sorted. */
  readonly withoutEffect: readonly string[]
  readonly #static: Texts
  #dynamicBroker: Texts = empty
  #dynamicDefault: Texts = empty
  #values = new Map<string, ParsedConfig>()
  readonly #listeners: (() => void)[] = []

  private constructor(given: Texts, implied: Texts) {
    this.#static = withIds(new Map([...implied, ...given]))
    this.withoutEffect = [...given.keys()].filter(name => !hasEffect(name)).sort()
    this.#merge()
  }

  /** @throws ConfigError for an unknown key, or a value that its key does not take */
  static resolve(sources: ConfigSources = {}): BrokerConfig {
    const given = new Map([...(sources.file ?? empty), ...(sources.set ?? empty)])
    for (const [name, text] of given) checkGiven(name, text)
    if (
      (given.get('broker.id') ?? given.get('node.id')) !== (given.get('node.id') ?? given.get('broker.id'))
    ) {
      throw new ConfigError(
        'broker.id',
        'node.id and broker.id are two names of one setting: give one of them.',
      )
    }
    const config = new BrokerConfig(given, sources.implied ?? empty)
    const broken = brokenRule(config)
    if (broken !== undefined) throw new ConfigError(broken.key, broken.fault)
    return config
  }

  /** The same with other dynamic values, to look at; this one stays as it is. */
  preview(cluster: Texts, broker: Texts): BrokerConfig {
    const config = new BrokerConfig(this.#static, empty)
    config.#dynamicDefault = cluster
    config.#dynamicBroker = broker
    config.#merge()
    return config
  }

  boolean(name: string): boolean {
    return this.#typed(name, 'boolean') as boolean
  }

  /** An INT, SHORT, LONG or DOUBLE. */
  number(name: string): number {
    return this.#typed(name, 'number') as number
  }

  /** undefined where the key has no value. */
  string(name: string): string | undefined {
    return this.#typed(name, 'string') as string | undefined
  }

  /** Empty where the key has no value. */
  list(name: string): readonly string[] {
    return (this.#typed(name, 'object') ?? []) as readonly string[]
  }

  /** The value in force, parsed. */
  parsed(name: string): ParsedConfig {
    const value = this.#values.get(name)
    assert(value !== undefined, `there is no broker config ${name}`)
    return value
  }

  /** Whether somebody gave the key, at start or since. */
  isSet(name: string): boolean {
    return this.#static.has(name) || this.#dynamicDefault.has(name) || this.#dynamicBroker.has(name)
  }

  /** A whole number that was given for one listener; undefined: what counts for all of them. */
  listenerNumber(listener: string, key: string): number | undefined {
    const [given] = this.synonyms([listenerSetting(listener, key)])
    const parsed = given === undefined ? undefined : parseConfig(brokerKeys.get(key)!, given.text)
    return parsed === undefined || 'fault' in parsed ? undefined : (parsed.value as number)
  }

  /** Settings of single listeners that somebody gave, by their whole names. */
  get listenerSettings(): readonly string[] {
    const names = this.#layers().flatMap(([, texts]) => [...texts.keys()])
    return [...new Set(names.filter(name => listenerKey(name) !== undefined))].sort()
  }

  /** What the key is without dynamic values, as it was given. */
  atStart(name: string): string | null {
    return this.#static.get(name) ?? defaults.get(name) ?? null
  }

  /**
   * Where the value of the first of `names` that has one comes from, and what would count if that were gone:
   * in the order of Kafka's synonyms, by source and then by name.
   */
  synonyms(names: readonly string[]): SourcedText[] {
    const found: SourcedText[] = []
    for (const [source, texts] of this.#layers()) {
      for (const name of names) {
        const text = texts.get(name)
        if (text !== undefined) found.push({ name, text, source })
      }
    }
    return found
  }

  /** Dynamic values: of all brokers, and of this one. */
  get dynamic(): { readonly cluster: Texts; readonly broker: Texts } {
    return { cluster: this.#dynamicDefault, broker: this.#dynamicBroker }
  }

  /**
   * Replaces the dynamic values and tells the listeners.
   * @returns names whose value is not taken (written by another release); they are passed over
   */
  setDynamic(cluster: Texts, broker: Texts): string[] {
    this.#dynamicDefault = new Map(cluster)
    this.#dynamicBroker = new Map(broker)
    const refused = this.#merge()
    for (const listener of this.#listeners) listener()
    return refused
  }

  /** Called after each dynamic change, for what holds on to a value instead of reading it when it needs it. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  #layers(): [ConfigSource, Texts][] {
    return [
      ['DYNAMIC_BROKER_CONFIG', this.#dynamicBroker],
      ['DYNAMIC_DEFAULT_BROKER_CONFIG', this.#dynamicDefault],
      ['STATIC_BROKER_CONFIG', this.#static],
      ['DEFAULT_CONFIG', defaults],
    ]
  }

  #merge(): string[] {
    const refused: string[] = []
    const values = new Map<string, ParsedConfig>()
    for (const key of [...brokerKeys.values(), ...brokerQuotaKeys.values()]) {
      const candidates = this.synonyms([key.name])
      const parsed = firstThatParses(key, candidates)
      if (parsed.passedOver) refused.push(key.name)
      values.set(key.name, parsed.value)
    }
    this.#values = values
    return refused
  }

  #typed(name: string, type: 'boolean' | 'number' | 'string' | 'object'): ConfigValue | undefined {
    const { value } = this.parsed(name)
    if (value === null) return undefined
    assert(typeof value === type, `broker config ${name} is no ${type}`)
    return value
  }
}

const defaults: Texts = new Map(
  [...brokerKeys.values()].flatMap(key => (key.default === null ? [] : [[key.name, key.default] as const])),
)

function firstThatParses(
  key: BrokerKey,
  candidates: readonly SourcedText[],
): { value: ParsedConfig; passedOver: boolean } {
  let passedOver = false
  for (const { text } of candidates) {
    const value = parseConfig(key, text)
    if (!('fault' in value)) return { value, passedOver }
    passedOver = true
  }
  return { value: { value: null, text: null }, passedOver }
}

function hasEffect(name: string): boolean {
  // Of a listener's own settings one is read: see listenerNumber.
  return brokerKeys.get(name)?.effect !== undefined || baseName(name) === 'max.connections'
}

/** node.id and broker.id are one setting with two names. */
function withIds(texts: Map<string, string>): Texts {
  const id = texts.get('node.id') ?? texts.get('broker.id')
  return id === undefined ? texts : new Map([...texts, ['node.id', id], ['broker.id', id]])
}

function checkGiven(name: string, text: string): void {
  const key = brokerKeys.get(name) ?? listenerKey(name)
  if (key === undefined) throw unknownKey(name)
  const fault = faultOf(key, text)
  if (fault !== undefined)
    throw new ConfigError(name, `${fault}. Allowed for ${name}: ${allowedValues(key)}.`)
}

function unknownKey(name: string): ConfigError {
  const nearest = topicKeys.get(name)?.brokerSynonyms[0] ?? nearestName(name, brokerKeys.keys())
  const key = nearest === undefined ? undefined : brokerKeys.get(nearest)
  const proposal =
    key === undefined
      ? 'It is not one of the broker configs of Kafka 4.3.'
      : `Did you mean ${key.name} (${allowedValues(key)})?`
  return new ConfigError(name, `Unknown configuration '${name}'. ${proposal}`)
}
