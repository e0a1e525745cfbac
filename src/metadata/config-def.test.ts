import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatDouble, parseConfig, parseKnown } from './config-def.ts'
import type { ConfigKey } from './config-def.ts'
import { brokerKeys, clientMetricsKeys, groupKeys, topicKeys } from './config-keys/index.ts'

const keys = new Map<string, ConfigKey>([...brokerKeys, ...topicKeys])

describe('parseConfig', () => {
  // Each line: key, text, and what Kafka 4.3.1's own classes made of it (text, or the message of the refusal).
  const lzma = 'String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer'
  const cases: [string, string, string | { refused: string }][] = [
    ['cleanup.policy', ' delete , compact ', 'delete,compact'],
    ['cleanup.policy', 'delete,delete', 'delete'],
    ['cleanup.policy', '', ''],
    ['cleanup.policy', 'delete,', { refused: "Configuration 'cleanup.policy' values must not be empty." }],
    ['cleanup.policy', 'Delete', { refused: 'String must be one of: compact, delete' }],
    ['retention.ms', ' 5 ', '5'],
    ['retention.ms', '+5', '5'],
    ['retention.ms', '9223372036854775807', '9223372036854775807'],
    ['retention.ms', '9223372036854775808', { refused: 'Not a number of type LONG' }],
    ['retention.ms', '1.5', { refused: 'Not a number of type LONG' }],
    ['retention.ms', '', { refused: 'Not a number of type LONG' }],
    ['retention.ms', '1'.repeat(1_000_000), { refused: 'Not a number of type LONG' }],
    ['retention.ms', '-2', { refused: 'Value must be at least -1' }],
    ['max.message.bytes', '2147483648', { refused: 'Not a number of type INT' }],
    ['compression.type', ' gzip', 'gzip'],
    ['compression.type', 'Gzip', { refused: lzma }],
    ['compression.gzip.level', '-1', '-1'],
    ['compression.gzip.level', '0', { refused: 'Value must be between 1 and 9 or equal to -1' }],
    ['compression.zstd.level', '23', { refused: 'Value must be no more than 22' }],
    ['preallocate', ' TRUE', 'true'],
    ['preallocate', 'yes', { refused: 'Expected value to be either true or false' }],
    ['min.cleanable.dirty.ratio', '1e-1', '0.1'],
    ['min.cleanable.dirty.ratio', '1.5', { refused: 'Value must be no more than 1' }],
    ['min.cleanable.dirty.ratio', 'x', { refused: 'Not a number of type DOUBLE' }],
    ['segment.bytes', '1048575', { refused: 'Value must be at least 1048576' }],
    ['leader.replication.throttled.replicas', '*', '*'],
    ['leader.replication.throttled.replicas', '0:1,0:1', '0:1,0:1'],
    ['leader.replication.throttled.replicas', '0:1,*', { refused: "must be the literal '*' or a list" }],
    ['group.consumer.migration.policy', 'Upgrade', 'Upgrade'],
    ['group.consumer.migration.policy', 'x', { refused: 'must be one of (case insensitive): DISABLED' }],
    ['listeners', '', { refused: 'must not be empty. Valid values include: any non-empty value' }],
    ['transaction.state.log.replication.factor', '40000', { refused: 'Not a number of type SHORT' }],
  ]
  for (const [name, text, expected] of cases) {
    test(`${name}=${text.slice(0, 40)}`, () => {
      const key = keys.get(name)!
      if (typeof expected === 'string') {
        assert.equal(parseKnown(key, text).text, expected)
        return
      }
      const parsed = parseConfig(key, text)
      assert.ok('fault' in parsed && parsed.fault.includes(expected.refused), JSON.stringify(parsed))
    })
  }

  test('names the value and the key in the message', () => {
    assert.deepEqual(parseConfig(keys.get('retention.ms')!, 'abc'), {
      fault: 'Invalid value abc for configuration retention.ms: Not a number of type LONG',
    })
  })
})

test('doubles are written as Java writes them', () => {
  const written = [0, 0.5, 100, 1e-4, 12_345_678, 1e300, 1.7976931348623157e308, 9_999_999.5].map(
    formatDouble,
  )
  assert.deepEqual(written, [
    '0.0',
    '0.5',
    '100.0',
    '1.0E-4',
    '1.2345678E7',
    '1.0E300',
    '1.7976931348623157E308',
    '9999999.5',
  ])
})

test('every default is taken by its own key and shown as it is written', () => {
  for (const table of [brokerKeys, topicKeys, groupKeys, clientMetricsKeys]) {
    for (const key of table.values()) {
      // node.id, process.roles and the like have no default: a start gives them.
      if (key.default !== null) assert.equal(parseKnown(key, key.default).text, key.default, key.name)
    }
  }
})

test('every synonym is a broker key', () => {
  for (const key of [...topicKeys.values(), ...groupKeys.values()]) {
    for (const name of key.brokerSynonyms) assert.ok(brokerKeys.has(name), name)
  }
})
