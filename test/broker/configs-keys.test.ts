/**
 * Every config key of Kafka, asked over TCP: how it is described, and what is answered to changes of it. Kafka itself
 * passes these tests when it runs as broker and controller with the settings of `set`.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { errorName } from '#protocol/error-codes.ts'
import { describeConfigs } from '#protocol/messages/describe-configs.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import { foreignBroker, TestBroker } from '../support/broker.ts'
import { configChanges, configKeys } from '../support/kafka-data.ts'
import type { KafkaConfigChange, KafkaConfigKey } from '../support/kafka-data.ts'
import type { RawClient } from '../support/raw-client.ts'
import { createTopic } from '../support/records.ts'

/** Those of the broker that the answers in test/data are of, as far as they decide something. */
const set = {
  'process.roles': 'broker,controller',
  'controller.quorum.voters': '1@127.0.0.1:9093',
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  'group.share.record.lock.duration.ms': '15000',
}

const types = { topic: 2, broker: 4, logger: 8, clientMetrics: 16, group: 32 }
const defaultSource = 5
const typeCodes = ['', 'BOOLEAN', 'STRING', 'INT', 'SHORT', 'LONG', 'DOUBLE', 'LIST', 'CLASS', 'PASSWORD']

async function start(t: TestContext): Promise<{ client: RawClient; topic: string }> {
  const broker = await (foreignBroker === undefined ? TestBroker.start(t, { set }) : TestBroker.start(t))
  const client = await broker.connect()
  const topic = broker.name('configs-keys')
  await createTopic(client, topic)
  return { client, topic }
}

// -- described ------------------------------------------------------------------------------------------------------

/** docs/compatibility.md, Durability. */
const ownDefault: ReadonlySet<string> = new Set(['log.flush.interval.messages', 'flush.messages'])

async function described(client: RawClient, resourceType: number, resourceName: string) {
  const answer = await client.ask(describeConfigs, 4, {
    resources: [{ resourceType, resourceName, configurationKeys: null }],
    includeSynonyms: true,
  })
  const [result] = answer.results
  assert.equal(errorName(result!.errorCode), 'NONE')
  return new Map(result!.configs.map(config => [config.name, config]))
}

const resources: [KafkaConfigKey['section'], number, (topic: string) => string][] = [
  ['broker', types.broker, () => '1'],
  ['topic', types.topic, topic => topic],
  ['group', types.group, () => 'no-such-group'],
  ['clientMetrics', types.clientMetrics, () => 'no-such-subscription'],
]

for (const [section, resourceType, name] of resources) {
  test(`DescribeConfigs lists the keys of section ${section}, with type, flags and default`, async t => {
    const { client, topic } = await start(t)
    const configs = await described(client, resourceType, name(topic))
    const keys = configKeys().filter(key => key.section === section && key.described !== false)
    assert.deepEqual([...configs.keys()].toSorted(), keys.map(key => key.name).toSorted())
    for (const key of keys) {
      const config = configs.get(key.name)!
      assert.deepEqual(
        [config.name, typeCodes[config.configType], config.readOnly, config.isSensitive],
        [key.name, key.type, key.readOnly ?? false, key.sensitive ?? false],
      )
      if (ownDefault.has(key.name) || config.isSensitive) continue
      // A topic's default is that of a broker key, by another name and now and then in another unit.
      const byDefault = config.synonyms.find(synonym => synonym.source === defaultSource)
      if (byDefault?.name === key.name) assert.equal(byDefault.value, key.default, key.name)
      else if (config.configSource === defaultSource)
        assert.equal(config.value, key.default ?? null, key.name)
    }
  })
}

// -- changed --------------------------------------------------------------------------------------------------------

/** Where an answer is not that of Kafka: docs/compatibility.md has the reasons. */
const differences: Record<string, (change: KafkaConfigChange) => boolean> = {
  'classes are not loaded': ({ name }) =>
    ['metric.reporters', 'principal.builder.class', 'ssl.engine.factory.class'].includes(name),
  'there are no plug-ins that unknown keys could be of': ({ name }) => /no\.such/.test(name),
  'there is one listener, and it stays': ({ name }) =>
    name === 'listeners' || name === 'listener.security.protocol.map',
  'there is one logger': ({ type, name }) => type === types.logger && name === 'kafka.server.KafkaApis',
  'where Kafka fails over null': ({ error, operation }) =>
    error === 'UNKNOWN_SERVER_ERROR' || (operation > 3 && error === 'INVALID_REQUEST'),
  'where Kafka divides by zero': ({ message }) => message === '/ by zero',
  'where Kafka has an index error': ({ name }) => name === 'max.connections.per.ip.overrides',
  'config.providers, which Kafka does not read': ({ name, value }) =>
    name === 'config.providers' && value!.split(/\s*,\s*/).includes(''),
  'where Kafka looks at a value later': ({ name, value }) =>
    name === 'listener.name.plaintext.connections.max.reauth.ms' && value === 'x',
}

test('IncrementalAlterConfigs answers as Kafka does, for every key and many values', async t => {
  const { client, topic } = await start(t)
  const changes = configChanges()
  const used = new Set<string>()
  const wrong: string[] = []
  for (const change of changes) {
    const answer = await ask(client, change, topic)
    const expected = { error: change.error, message: change.message ?? null }
    if (answer.error === expected.error && answer.message === expected.message) continue
    const reason = Object.entries(differences).find(([, covers]) => covers(change))?.[0]
    if (reason !== undefined) used.add(reason)
    else wrong.push(JSON.stringify({ change, answer }))
  }
  assert.deepEqual(wrong.slice(0, 10), [])
  // A difference that is none any more has no place here.
  if (foreignBroker === undefined) assert.deepEqual([...used].toSorted(), Object.keys(differences).toSorted())
})

async function ask(client: RawClient, change: KafkaConfigChange, topic: string) {
  const resourceName = change.resource === 'cfgt' ? topic : change.resource
  const { name, value, operation } = change
  const configs = [{ name, value, configOperation: operation }]
  const answer = await client.ask(incrementalAlterConfigs, 1, {
    resources: [{ resourceType: change.type, resourceName, configs }],
    validateOnly: true,
  })
  const { errorCode, errorMessage } = answer.responses[0]!
  return { error: errorName(errorCode)!, message: errorMessage }
}
