/**
 * Settings that clients read and change: of topics, of brokers (dynamic ones), of groups and of client-metrics
 * subscriptions. Each change is decided, persisted as rows, then applied; changes go through the queue of Topics,
 * because the image holds the settings of topics. What a value means is for those who read it.
 */
import type { Logger } from '#base/logger.ts'
import type { ConfigRow, MetadataChange, MetadataRows, MetadataStore } from '#storage/metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { BrokerConfig } from './broker-config.ts'
import { alterLoggers, describeLoggers } from './broker-loggers.ts'
import { changed, changedBroker, checkChanges, checkValueLengths } from './config-changes.ts'
import type { ConfigChange } from './config-changes.ts'
import { checkBroker, ruleOf } from './config-checks.ts'
import {
  describeBroker,
  describeBrokerDefaults,
  describeClientMetrics,
  describeGroup,
  describeTopic,
} from './describe-configs.ts'
import type { ConfigEntry } from './describe-configs.ts'
import type { FeatureLevels } from './features.ts'
import { checkMinInsyncReplicas, minInsyncReplicasForElr } from './min-insync-replicas.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { topicNameFault } from './topic-name.ts'
import type { Topics } from './topics.ts'

export type ConfigResourceType = ConfigRow['resource'] | 'broker-logger'

export interface ConfigResourceId {
  readonly type: ConfigResourceType
  readonly name: string
}

export interface ResourceChanges extends ConfigResourceId {
  readonly changes: readonly ConfigChange[]
  /** Drops what is set and not among the changes: AlterConfigs. */
  readonly replace: boolean
}

export interface ConfigsOptions {
  readonly config: BrokerConfig
  readonly topics: Topics
  readonly store: MetadataStore
  readonly logger: Logger
  readonly rows: Pick<MetadataRows, 'configs'>
  readonly featureLevels: FeatureLevels
}

type Texts = ReadonlyMap<string, string>

const empty: Texts = new Map()

/** Resources whose settings nothing but DescribeConfigs reads so far. */
type OtherResource = 'group' | 'client-metrics'

/**
 * Puts the dynamic settings of the rows into the broker's config. To be done before imageFromRows, which follows them.
 * @returns keys whose value is not taken any more
 */
export function restoreDynamicConfig(
  config: BrokerConfig,
  rows: Pick<MetadataRows, 'configs'>,
  brokerId: number,
): string[] {
  const ofBroker = (name: string): Texts =>
    new Map(
      rows.configs
        .filter(row => row.resource === 'broker' && row.name === name)
        .map(row => [row.key, row.value]),
    )
  return config.setDynamic(ofBroker(''), ofBroker(String(brokerId)))
}

export class Configs {
  readonly #config: BrokerConfig
  readonly #topics: Topics
  readonly #store: MetadataStore
  readonly #logger: Logger
  readonly #others: Record<OtherResource, Map<string, Texts>>
  #featureLevels: FeatureLevels

  constructor(options: ConfigsOptions) {
    this.#config = options.config
    this.#topics = options.topics
    this.#store = options.store
    this.#logger = options.logger
    this.#featureLevels = options.featureLevels
    this.#others = {
      group: byName(options.rows.configs, 'group'),
      'client-metrics': byName(options.rows.configs, 'client-metrics'),
    }
  }

  /** Names of the resources of a kind that exist, or that have settings where everything may have them. */
  names(type: ConfigResourceType): string[] {
    switch (type) {
      case 'topic':
        return [...this.#topics.image().topicsByName.keys()]
      case 'broker':
      case 'broker-logger':
        return [String(this.#topics.image().brokerId)]
      default:
        return [...this.#others[type].keys()]
    }
  }

  /** Features in force; some of them decide who may change what. */
  get featureLevels(): FeatureLevels {
    return this.#featureLevels
  }

  /** Changes of settings that go with a change of features. */
  changesFor(after: FeatureLevels): MetadataChange[] {
    if (!after.isElrEnabled) return []
    const { brokerId } = this.#topics.image()
    const { cluster, broker } = this.#config.dynamic
    return minInsyncReplicasForElr(
      [...brokerRows('', cluster), ...brokerRows(String(brokerId), broker)],
      this.#config,
    )
  }

  /** After both are stored. */
  applyFeatures(after: FeatureLevels, changes: readonly MetadataChange[]): void {
    this.#featureLevels = after
    const { cluster, broker } = this.#config.dynamic
    const texts = { cluster: new Map(cluster), broker: new Map(broker) }
    for (const change of changes) {
      if (change.type !== 'putConfig') continue
      const map = change.name === '' ? texts.cluster : texts.broker
      if (change.value === undefined) map.delete(change.key)
      else map.set(change.key, change.value)
    }
    this.#config.setDynamic(texts.cluster, texts.broker)
    this.#topics.applyBrokerConfig()
  }

  describe({ type, name }: ConfigResourceId): ConfigEntry[] | Refusal {
    const { brokerId } = this.#topics.image()
    switch (type) {
      case 'topic': {
        const fault = topicNameFault(name)
        if (fault !== undefined) return refusal('INVALID_TOPIC_EXCEPTION', fault)
        const topic = this.#topics.image().topicsByName.get(name)
        if (topic === undefined) return refusal('UNKNOWN_TOPIC_OR_PARTITION', '')
        return describeTopic(topic.overrides, this.#config)
      }
      case 'broker': {
        if (name === '') return describeBrokerDefaults(this.#config)
        const words = `Unexpected broker id, expected ${brokerId} or empty string, but received ${name}`
        return checkId(name, brokerId, 'Broker', words) ?? describeBroker(this.#config)
      }
      case 'broker-logger': {
        if (name === '') return refusal('INVALID_REQUEST', 'Broker id must not be empty')
        const words = `Unexpected broker id, expected ${brokerId} but received ${name}`
        return checkId(name, brokerId, 'Broker', words) ?? describeLoggers(this.#logger)
      }
      case 'group':
        if (name === '') return refusal('INVALID_REQUEST', 'Group name must not be empty')
        return describeGroup(this.#others.group.get(name) ?? empty, this.#config)
      default:
        if (name === '') {
          return refusal('INVALID_REQUEST', 'Client metrics subscription name must not be empty')
        }
        return describeClientMetrics(this.#others['client-metrics'].get(name) ?? empty)
    }
  }

  /** Settings of a topic that exists or is about to. */
  describeTopic(overrides: Texts): ConfigEntry[] {
    return describeTopic(overrides, this.#config)
  }

  /** Each resource is changed as a whole or not at all. Results are in the order of the resources; undefined: done. */
  alter(resources: readonly ResourceChanges[], validateOnly: boolean): Promise<(Refusal | undefined)[]> {
    return this.#topics.serialize(async () => {
      const results: (Refusal | undefined)[] = []
      const twice = repeated(resources.map(idText))
      for (const resource of resources) {
        results.push(
          twice.has(idText(resource))
            ? refusal('INVALID_REQUEST', 'Each resource must appear at most once.')
            : await this.#alterOne(resource, validateOnly),
        )
      }
      return results
    })
  }

  async #alterOne(resource: ResourceChanges, validateOnly: boolean): Promise<Refusal | undefined> {
    const fault = checkChanges(resource.changes)
    if (fault !== undefined) return fault
    if (resource.type === 'broker-logger') return this.#alterLoggers(resource, validateOnly)
    const after = resource.type === 'broker' ? this.#decideBroker(resource) : this.#decide(resource)
    if ('error' in after) return after
    if (validateOnly) return undefined
    const before = this.#current(resource)
    return (await this.#persist(resource, before, after)) ?? this.#apply(resource, after)
  }

  #decide(resource: ResourceChanges): Map<string, string> | Refusal {
    const { type, name, changes } = resource
    const rule = ruleOf[type as Exclude<ConfigRow['resource'], 'broker'>]
    const before = resource.replace ? empty : this.#current(resource)
    const after = changed(rule.keys, before, changes)
    if ('error' in after) return after
    const fault = checkValueLengths(after) ?? checkResourceName(type, name) ?? rule.check(after, this.#config)
    if (fault !== undefined) return fault
    if (type === 'topic' && !this.#topics.image().topicsByName.has(name)) {
      return refusal('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
    }
    return after
  }

  #decideBroker(resource: ResourceChanges): Map<string, string> | Refusal {
    const { name, changes } = resource
    const { brokerId } = this.#topics.image()
    const words = `Unexpected broker id, expected ${brokerId}, but received ${name}`
    const fault = name === '' ? undefined : checkId(name, brokerId, 'Node', words)
    if (fault !== undefined) return fault
    const after = changedBroker(resource.replace ? empty : this.#current(resource), changes)
    if ('error' in after) return after
    const change = { after, forOneBroker: name !== '', names: changes.map(each => each.name) }
    return (
      checkBroker(change, this.#config) ??
      this.#checkFeatures(resource, after) ??
      checkValueLengths(after) ??
      after
    )
  }

  #checkFeatures(resource: ResourceChanges, after: Texts): Refusal | undefined {
    if (!this.#featureLevels.isElrEnabled) return undefined
    const dropped = resource.replace ? this.#current(resource).keys() : []
    const named = resource.changes.map(change => change.name)
    const altered = new Map([...named, ...dropped].map(key => [key, after.get(key)]))
    return checkMinInsyncReplicas(resource.name, altered)
  }

  #alterLoggers({ name, changes }: ResourceChanges, validateOnly: boolean): Refusal | undefined {
    const { brokerId } = this.#topics.image()
    const words = `Unexpected node id. Expected ${brokerId}, but received ${name}`
    return checkId(name, brokerId, 'Node', words) ?? alterLoggers(this.#logger, changes, validateOnly)
  }

  #current({ type, name }: ConfigResourceId): Texts {
    switch (type) {
      case 'topic':
        return this.#topics.image().topicsByName.get(name)?.overrides ?? empty
      case 'broker':
        return name === '' ? this.#config.dynamic.cluster : this.#config.dynamic.broker
      case 'broker-logger':
        return empty
      default:
        return this.#others[type].get(name) ?? empty
    }
  }

  async #persist(resource: ConfigResourceId, before: Texts, after: Texts): Promise<Refusal | undefined> {
    const type = resource.type as ConfigRow['resource']
    const changes: MetadataChange[] = []
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      const value = after.get(key)
      if (value !== before.get(key)) {
        changes.push({ type: 'putConfig', resource: type, name: resource.name, key, value })
      }
    }
    if (changes.length === 0) return undefined
    try {
      await this.#store.commit(changes)
      return undefined
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#logger.error('could not store a change of configs', { ...resource, error: error.message })
      return refusal('KAFKA_STORAGE_ERROR', error.message)
    }
  }

  #apply({ type, name }: ConfigResourceId, after: Texts): undefined {
    if (type === 'topic') {
      this.#topics.applyOverrides(new Map([[name, after]]))
    } else if (type === 'broker') {
      const { cluster, broker } = this.#config.dynamic
      this.#config.setDynamic(name === '' ? after : cluster, name === '' ? broker : after)
      this.#topics.applyBrokerConfig()
    } else if (type !== 'broker-logger') {
      if (after.size === 0) this.#others[type].delete(name)
      else this.#others[type].set(name, after)
    }
  }
}

function brokerRows(name: string, texts: Texts): ConfigRow[] {
  return [...texts].map(([key, value]) => ({ resource: 'broker', name, key, value }))
}

function idText({ type, name }: ConfigResourceId): string {
  return `${type} ${name}`
}

/** Those that are there more than once. */
function repeated(texts: readonly string[]): Set<string> {
  const seen = new Set<string>()
  return new Set(texts.filter(text => seen.size === seen.add(text).size))
}

function byName(rows: readonly ConfigRow[], resource: OtherResource): Map<string, Texts> {
  const found = new Map<string, Map<string, string>>()
  for (const row of rows) {
    if (row.resource !== resource) continue
    let texts = found.get(row.name)
    if (texts === undefined) found.set(row.name, (texts = new Map()))
    texts.set(row.key, row.value)
  }
  return found
}

function checkResourceName(type: ConfigResourceType, name: string): Refusal | undefined {
  if (type === 'group') {
    return name === '' ? refusal('INVALID_REQUEST', 'Default group resources are not allowed.') : undefined
  }
  if (type === 'client-metrics') {
    return name === '' ? refusal('INVALID_REQUEST', "Subscription name can't be empty") : undefined
  }
  if (name === '') return refusal('INVALID_REQUEST', 'Default topic resources are not allowed.')
  const fault = topicNameFault(name)
  return fault === undefined ? undefined : refusal('INVALID_TOPIC_EXCEPTION', fault)
}

/** @param kind the word that Kafka has for the id in this request */
function checkId(
  name: string,
  brokerId: number,
  kind: 'Broker' | 'Node',
  words: string,
): Refusal | undefined {
  if (!/^[+-]?\d{1,10}$/.test(name)) {
    return refusal('INVALID_REQUEST', `${kind} id must be an integer, but it is: ${name}`)
  }
  return Number(name) === brokerId ? undefined : refusal('INVALID_REQUEST', words)
}
