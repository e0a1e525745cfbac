/** The config requests through their bytes. What is expected is what Kafka 4.3.1 answered. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { newTopic } from '#metadata/new-topic.ts'
import { errorName } from '#protocol/error-codes.ts'
import { alterConfigs } from '#protocol/messages/alter-configs.ts'
import { describeConfigs } from '#protocol/messages/describe-configs.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import { ask } from '../../../test/support/handlers.ts'
import { openMetadata } from '../../../test/support/metadata.ts'
import type { Metadata } from '../../../test/support/metadata.ts'
import { alterConfigsHandler } from './alter-configs.ts'
import { describeConfigsHandler } from './describe-configs.ts'
import { incrementalAlterConfigsHandler } from './incremental-alter-configs.ts'

const types = { topic: 2, broker: 4, logger: 8, metrics: 16, group: 32 }

async function withTopic(): Promise<Metadata> {
  const metadata = await openMetadata()
  await metadata.topics.create([newTopic('t')], { validateOnly: false })
  return metadata
}

async function show(
  metadata: Metadata,
  resourceType: number,
  resourceName: string,
  options: { keys?: string[] | null; version?: number; more?: object } = {},
) {
  const { keys = null, version = 4, more = {} } = options
  const resources = [{ resourceType, resourceName, configurationKeys: keys }]
  const request = { resources, includeSynonyms: true, ...more }
  const answer = await ask(metadata, describeConfigsHandler, describeConfigs, version, request)
  return answer.results[0]!
}

describe('DescribeConfigs', () => {
  test('shows the settings asked for, or all', async () => {
    const metadata = await withTopic()
    const all = await show(metadata, types.topic, 't')
    assert.deepEqual([all.errorCode, all.errorMessage, all.configs.length], [0, '', 33])
    assert.equal((await show(metadata, types.topic, 't', { keys: [] })).configs.length, 33)
    const some = await show(metadata, types.topic, 't', { keys: ['segment.bytes', 'nope'] })
    assert.deepEqual(some.configs, [
      {
        name: 'segment.bytes',
        value: '1073741824',
        readOnly: false,
        configSource: 5,
        isSensitive: false,
        synonyms: [{ name: 'log.segment.bytes', value: '1073741824', source: 5 }],
        configType: 3,
        documentation: null,
      },
    ])
    assert.equal((await show(metadata, types.broker, '1')).configs.length, 340)
    assert.equal((await show(metadata, types.broker, '')).configs.length, 0)
    assert.equal((await show(metadata, types.group, 'g')).configs.length, 17)
    assert.equal((await show(metadata, types.metrics, 'm')).configs.length, 3)
  })

  test('adds documentation and leaves out synonyms as asked', async () => {
    const more = { includeSynonyms: false, includeDocumentation: true }
    const { configs } = await show(await withTopic(), types.topic, 't', { keys: ['retention.ms'], more })
    assert.deepEqual(configs[0]?.synonyms, [])
    assert.match(configs[0]?.documentation ?? '', /Age in milliseconds/)
    const early = await show(await withTopic(), types.topic, 't', { keys: ['retention.ms'], version: 1 })
    assert.deepEqual([early.configs[0]?.value, early.configs[0]?.configType], ['604800000', 0])
  })

  const refused: [number, string, string, string][] = [
    [types.topic, 'nope', 'UNKNOWN_TOPIC_OR_PARTITION', ''],
    [types.topic, '', 'INVALID_TOPIC_EXCEPTION', 'Topic name is invalid: the empty string is not allowed'],
    [
      types.broker,
      '9',
      'INVALID_REQUEST',
      'Unexpected broker id, expected 1 or empty string, but received 9',
    ],
    [types.broker, 'x', 'INVALID_REQUEST', 'Broker id must be an integer, but it is: x'],
    [types.logger, '', 'INVALID_REQUEST', 'Broker id must not be empty'],
    [types.logger, '9', 'INVALID_REQUEST', 'Unexpected broker id, expected 1 but received 9'],
    [types.metrics, '', 'INVALID_REQUEST', 'Client metrics subscription name must not be empty'],
    [types.group, '', 'INVALID_REQUEST', 'Group name must not be empty'],
    [
      77,
      'x',
      'INVALID_REQUEST',
      'This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.',
    ],
  ]
  for (const [type, name, error, message] of refused) {
    test(`refuses resource '${name}' of type ${type}`, async () => {
      const answer = await show(await withTopic(), type, name)
      assert.deepEqual([errorName(answer.errorCode), answer.errorMessage], [error, message])
      assert.deepEqual([answer.resourceType, answer.resourceName, answer.configs], [type, name, []])
    })
  }

  test('an answer has an end, however often a request names a resource', async () => {
    const metadata = await withTopic()
    const resources = Array.from({ length: 700 }, () => ({
      resourceType: types.broker,
      resourceName: '1',
      configurationKeys: null,
    }))
    const answer = await ask(metadata, describeConfigsHandler, describeConfigs, 4, { resources })
    assert.equal(errorName(answer.results[0]!.errorCode), 'NONE')
    assert.equal(errorName(answer.results.at(-1)!.errorCode), 'INVALID_REQUEST')
    assert.ok(answer.results.reduce((sum, result) => sum + result.configs.length, 0) <= 200_340)
  })
})

describe('IncrementalAlterConfigs and AlterConfigs', () => {
  async function change(
    metadata: Metadata,
    resourceType: number,
    name: string,
    operation: number,
    value: string,
  ) {
    const configs = [{ name, configOperation: operation, value }]
    const resources = [{ resourceType, resourceName: resourceType === types.broker ? '1' : 't', configs }]
    const answer = await ask(metadata, incrementalAlterConfigsHandler, incrementalAlterConfigs, 1, {
      resources,
      validateOnly: false,
    })
    const { errorCode, errorMessage } = answer.responses[0]!
    return `${errorName(errorCode)} ${errorMessage}`
  }

  test('change settings, and say why not', async () => {
    const metadata = await withTopic()
    assert.equal(await change(metadata, types.topic, 'retention.ms', 0, '5'), 'NONE null')
    assert.equal(
      await change(metadata, types.topic, 'retention.ms', 0, 'x'),
      'INVALID_CONFIG Invalid value x for configuration retention.ms: Not a number of type LONG',
    )
    assert.match(
      await change(metadata, types.topic, 'retention.ms', 9, 'x'),
      /^INVALID_REQUEST Unknown operations type 9/,
    )
    assert.equal(await change(metadata, 77, 'a', 0, 'x'), 'INVALID_REQUEST Unknown resource type 77')
    assert.match(await change(metadata, types.logger, 'root', 0, 'INFO'), /^INVALID_REQUEST Node id must be/)
    assert.equal(metadata.topics.image().topicsByName.get('t')?.overrides.get('retention.ms'), '5')
  })

  test('AlterConfigs replaces, and knows no loggers', async () => {
    const metadata = await withTopic()
    await change(metadata, types.topic, 'retention.ms', 0, '5')
    const resources = [
      { resourceType: types.topic, resourceName: 't', configs: [{ name: 'segment.ms', value: '7' }] },
      { resourceType: types.logger, resourceName: '1', configs: [] },
    ]
    const answer = await ask(metadata, alterConfigsHandler, alterConfigs, 2, {
      resources,
      validateOnly: false,
    })
    assert.deepEqual(
      answer.responses.map(({ errorCode, errorMessage }) => `${errorName(errorCode)} ${errorMessage}`),
      ['NONE null', 'INVALID_REQUEST Unknown resource type 8'],
    )
    const overrides = metadata.topics.image().topicsByName.get('t')?.overrides
    assert.deepEqual([...overrides!], [['segment.ms', '7']])
  })
})
