/** Every config key of Kafka is here as Kafka has it, and makes of every value what Kafka makes of it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { configKeys, configValues } from '../../../test/support/kafka-data.ts'
import type { KafkaConfigKey, KafkaConfigValue } from '../../../test/support/kafka-data.ts'
import { BrokerConfig } from '../broker-config.ts'
import { checkClientMetrics, checkGroup } from '../config-checks.ts'
import { parseConfig } from '../config-def.ts'
import type { ConfigKey } from '../config-def.ts'
import { ConfigError } from '../config-error.ts'
import { checkTopicConfig } from '../topic-config.ts'
import type { BrokerKey } from './broker-key.ts'
import { brokerKeys, brokerQuotaKeys, clientMetricsKeys, groupKeys, topicKeys } from './index.ts'
import type { TopicKey } from './topic-key.ts'

const tables: Record<KafkaConfigKey['section'], ReadonlyMap<string, ConfigKey>> = {
  broker: brokerKeys,
  topic: topicKeys,
  group: groupKeys,
  clientMetrics: clientMetricsKeys,
  brokerQuota: brokerQuotaKeys,
}

/** docs/compatibility.md, Durability. */
const otherDefaults: ReadonlyMap<string, string> = new Map([
  ['log.flush.interval.messages', '1'],
  ['flush.messages', '1'],
])

describe('keys', () => {
  const kafkaKeys = configKeys()
  for (const [section, table] of Object.entries(tables)) {
    test(`of section ${section} are those of Kafka, each with its properties`, () => {
      const expected = kafkaKeys.filter(key => key.section === section)
      assert.ok(expected.length >= 3)
      assert.deepEqual(
        [...table.values()].map(ours),
        expected.map(kafkas).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      )
    })
  }
})

function ours(key: ConfigKey) {
  return {
    name: key.name,
    type: key.type,
    default: key.default,
    importance: key.importance,
    internal: key.internal ?? false,
    update: 'update' in key ? (key as BrokerKey).update : undefined,
    brokerSynonyms: 'brokerSynonyms' in key ? (key as TopicKey).brokerSynonyms : undefined,
  }
}

function kafkas(key: KafkaConfigKey): ReturnType<typeof ours> {
  const isOfBroker = key.section === 'broker' || key.section === 'brokerQuota'
  return {
    name: key.name,
    type: key.type as ConfigKey['type'],
    default: otherDefaults.get(key.name) ?? key.default ?? null,
    importance: key.importance as ConfigKey['importance'],
    internal: key.described === false,
    update: isOfBroker ? ((key.update ?? 'cluster-wide') as BrokerKey['update']) : undefined,
    brokerSynonyms: isOfBroker ? undefined : (key.brokerSynonyms ?? []),
  }
}

describe('values', () => {
  const config = BrokerConfig.resolve({ implied: new Map([['node.id', '1']]) })
  const byKey = Map.groupBy(configValues(), ({ kind, name }) => `${kind} ${name}`)

  test('there are some for every key', () => {
    const kinds = {
      broker: 'broker',
      topic: 'topic',
      group: 'group',
      clientMetrics: 'client-metrics',
    } as const
    for (const { section, name, type } of configKeys()) {
      // Of classes there is nothing to say: see the differences.
      if (section !== 'brokerQuota' && type !== 'CLASS')
        assert.ok(byKey.has(`${kinds[section]} ${name}`), name)
    }
  })

  for (const [key, values] of byKey) {
    test(key, () => {
      const checked = values.filter(value => !isRefusedAtOnce(value))
      assert.deepEqual(
        checked.map(value => [value.value, verdict(value, config)]),
        checked.map(({ value, text, fault }) => [
          value,
          fault ?? (text === undefined ? 'taken' : `= ${text}`),
        ]),
      )
    })
  }
})

/** What Kafka refuses when it uses the value is refused here when it is read: the broker does not start either way. */
function isRefusedAtOnce({ name, start }: KafkaConfigValue): boolean {
  const usedLater = [
    'listener.security.protocol.map',
    'max.connections.per.ip.overrides',
    'offsets.topic.compression.codec',
    'share.coordinator.state.topic.compression.codec',
  ]
  return start !== undefined && usedLater.includes(name)
}

function verdict({ kind, name, value }: KafkaConfigValue, config: BrokerConfig): string {
  const texts = new Map([[name, value]])
  switch (kind) {
    case 'topic':
      return checkTopicConfig(texts, config) ?? shown(topicKeys.get(name)!, value)
    case 'group':
      return checkGroup(texts, config)?.message ?? shown(groupKeys.get(name)!, value)
    case 'client-metrics':
      return checkClientMetrics(texts)?.message ?? 'taken'
    default:
      return shown(brokerKeys.get(name)!, value)
  }
}

function shown(key: ConfigKey, text: string): string {
  const parsed = parseConfig(key, text)
  return 'fault' in parsed ? parsed.fault : `= ${parsed.text}`
}

describe('a start with one setting', () => {
  /** Settings of what is done in another way here, or not at all: listeners, controllers, Java classes. */
  const elsewhere = new Set([
    'advertised.listeners',
    'controller.listener.names',
    'controller.quorum.voters',
    'early.start.listeners',
    'group.consumer.assignors',
    'group.share.assignors',
    'inter.broker.listener.name',
    'listener.security.protocol.map',
    'listeners',
    'node.id',
    'process.roles',
    'security.inter.broker.protocol',
  ])
  /** Refused, in words that say more than Kafka's. */
  const otherWords = new Set(['broker.id', 'log.cleaner.threads', 'max.connections.per.ip.overrides'])
  const values = configValues().filter(({ kind, fault }) => kind === 'broker' && fault === undefined)
  // Of a key whose values are all alike to the rules a few are enough.
  const byRule = Map.groupBy(values, ({ name, start }) => `${name}: ${start ?? 'starts'}`)

  for (const [what, [first, ...more]] of byRule) {
    if (elsewhere.has(first!.name)) continue
    test(what.slice(0, 120), () => {
      for (const { name, value, start } of [first!, ...more.slice(0, 3)]) {
        // Kafka's own start, of which these are verdicts, gave node.id 1.
        const set = new Map([[name, value], ...(name === 'broker.id' ? [['node.id', '1'] as const] : [])])
        const resolve = (): unknown => BrokerConfig.resolve({ set })
        if (start === undefined) {
          assert.doesNotThrow(resolve)
        } else {
          assert.throws(resolve, error => {
            assert.ok(error instanceof ConfigError)
            if (!otherWords.has(name)) assert.ok(error.message.startsWith(start), error.message)
            return true
          })
        }
      }
    })
  }
})
