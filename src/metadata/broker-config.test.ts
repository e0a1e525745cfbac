import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BrokerConfig } from './broker-config.ts'
import { ConfigError } from './config-error.ts'

const of = (texts: Record<string, string>): Map<string, string> => new Map(Object.entries(texts))

describe('BrokerConfig.resolve', () => {
  test('the command line counts more than the file, the file more than the default', () => {
    const config = BrokerConfig.resolve({
      implied: of({ 'node.id': '7', 'num.partitions': '5' }),
      file: of({ 'num.partitions': '2', 'message.max.bytes': '1000' }),
      set: of({ 'num.partitions': '3' }),
    })
    assert.equal(config.number('num.partitions'), 3)
    assert.equal(config.number('message.max.bytes'), 1000)
    assert.equal(config.number('broker.id'), 7)
    assert.equal(config.number('fetch.max.bytes'), 57_671_680)
    assert.equal(config.boolean('auto.create.topics.enable'), true)
    assert.equal(config.string('broker.rack'), undefined)
    assert.deepEqual(config.list('log.cleanup.policy'), ['delete'])
    assert.equal(config.number('log.flush.interval.messages'), 1)
  })

  const refused: [string, string, RegExp][] = [
    [
      'num.partition',
      '1',
      /Unknown configuration 'num.partition'.*Did you mean num.partitions \(a whole number, 1 or more\)/,
    ],
    ['log.retention.mss', '1', /Did you mean log.retention.ms/],
    ['retention.ms', '1', /Did you mean log.retention.ms/],
    ['qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq', '1', /not one of the broker configs/],
    [
      'num.partitions',
      '0',
      /Invalid value 0 .* at least 1. Allowed for num.partitions: a whole number, 1 or more/,
    ],
    ['compression.type', 'zip', /Allowed for compression.type: any text, one of uncompressed, zstd/],
    ['auto.create.topics.enable', 'maybe', /true or false/],
  ]
  for (const [key, value, message] of refused) {
    test(`${key}=${value} stops the start`, () => {
      assert.throws(
        () => BrokerConfig.resolve({ set: of({ [key]: value }) }),
        error => error instanceof ConfigError && error.key === key && message.test(error.message),
      )
    })
  }

  test('names the given keys that do nothing here', () => {
    const config = BrokerConfig.resolve({
      implied: of({ 'process.roles': 'broker,controller' }),
      file: of({ 'num.io.threads': '8', 'listener.name.internal.ssl.protocol': 'TLSv1.3' }),
      set: of({ 'num.partitions': '3', 'controller.quorum.voters': '1@localhost:9093' }),
    })
    assert.deepEqual(config.withoutEffect, [
      'controller.quorum.voters',
      'listener.name.internal.ssl.protocol',
      'num.io.threads',
    ])
  })
})

describe('dynamic values', () => {
  test('count more than static ones, those of this broker most, and can be taken back', () => {
    const config = BrokerConfig.resolve({ set: of({ 'max.connections': '10' }) })
    let changes = 0
    config.onChange(() => changes++)
    config.setDynamic(of({ 'max.connections': '20' }), of({ 'max.connections': '30' }))
    assert.equal(config.number('max.connections'), 30)
    assert.deepEqual(
      config.synonyms(['max.connections']).map(({ text, source }) => `${source} ${text}`),
      [
        'DYNAMIC_BROKER_CONFIG 30',
        'DYNAMIC_DEFAULT_BROKER_CONFIG 20',
        'STATIC_BROKER_CONFIG 10',
        'DEFAULT_CONFIG 2147483647',
      ],
    )
    config.setDynamic(of({ 'max.connections': '20' }), of({}))
    assert.equal(config.number('max.connections'), 20)
    config.setDynamic(of({}), of({}))
    assert.equal(config.number('max.connections'), 10)
    assert.equal(changes, 3)
  })

  test('a value that is no longer taken is passed over and named', () => {
    const config = BrokerConfig.resolve()
    assert.deepEqual(config.setDynamic(of({ 'max.connections': 'many' }), of({})), ['max.connections'])
    assert.equal(config.number('max.connections'), 2_147_483_647)
  })
})
