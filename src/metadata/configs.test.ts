import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import { openMetadata } from '../../test/support/metadata.ts'
import type { Metadata } from '../../test/support/metadata.ts'
import type { ConfigOperation } from './config-changes.ts'
import type { ConfigResourceType } from './configs.ts'
import { newTopic } from './new-topic.ts'

type Change = readonly [name: string, operation: ConfigOperation, value: string | null]

async function alter(
  { configs }: Metadata,
  type: ConfigResourceType,
  name: string,
  ...changes: Change[]
): Promise<string> {
  const resource = {
    type,
    name,
    changes: changes.map(([name, operation, value]) => ({ name, operation, value })),
    replace: false,
  }
  const [fault] = await configs.alter([resource], false)
  return fault === undefined ? 'NONE' : `${fault.error}: ${fault.message}`
}

/** One setting as `value source; synonyms`. */
function show({ configs }: Metadata, type: ConfigResourceType, name: string, key: string): string {
  const entries = configs.describe({ type, name })
  assert.ok(Array.isArray(entries))
  const entry = entries.find(each => each.name === key)
  if (entry === undefined) return 'absent'
  const synonyms = entry.synonyms.map(synonym => `${synonym.name}=${synonym.value} ${synonym.source}`)
  return [`${entry.value} ${entry.source}`, ...synonyms].join('; ')
}

async function withTopic(set: Record<string, string> = {}): Promise<Metadata> {
  const metadata = await openMetadata(set)
  await metadata.topics.create([newTopic('t')], { validateOnly: false })
  return metadata
}

describe('settings of a topic', () => {
  test('follow the broker, dynamic before static before default, in the order of Kafka’s synonyms', async () => {
    const metadata = await withTopic({ 'log.retention.hours': '2' })
    const shown = (): string => show(metadata, 'topic', 't', 'retention.ms')
    // Kafka lists no synonym where the first of them has no value, and then calls the value a default.
    assert.equal(shown(), '7200000 DEFAULT_CONFIG')
    await alter(metadata, 'broker', '', ['log.retention.ms', 'SET', '54321'])
    await alter(metadata, 'broker', '1', ['log.retention.ms', 'SET', '12345'])
    await alter(metadata, 'topic', 't', ['retention.ms', 'SET', ' 7 '])
    assert.equal(
      shown(),
      '7 TOPIC_CONFIG; retention.ms=7 TOPIC_CONFIG; log.retention.ms=12345 DYNAMIC_BROKER_CONFIG; ' +
        'log.retention.ms=54321 DYNAMIC_DEFAULT_BROKER_CONFIG; log.retention.hours=2 STATIC_BROKER_CONFIG; ' +
        'log.retention.hours=168 DEFAULT_CONFIG',
    )
    assert.equal(metadata.logs.configured.get('t')?.retentionMs, 7)
    await alter(metadata, 'topic', 't', ['retention.ms', 'DELETE', null])
    assert.equal(metadata.logs.configured.get('t')?.retentionMs, 12_345)
    await alter(metadata, 'broker', '1', ['log.retention.ms', 'DELETE', null])
    assert.equal(metadata.topics.image().topicsByName.get('t')?.logConfig.retentionMs, 54_321)
  })

  test('lists are extended and cut', async () => {
    const metadata = await withTopic()
    const policy = (): string => show(metadata, 'topic', 't', 'cleanup.policy').split(' ')[0]!
    assert.equal(await alter(metadata, 'topic', 't', ['cleanup.policy', 'APPEND', 'compact,delete']), 'NONE')
    assert.equal(policy(), 'delete,compact')
    assert.equal(await alter(metadata, 'topic', 't', ['cleanup.policy', 'SUBTRACT', 'delete']), 'NONE')
    assert.equal(policy(), 'compact')
  })

  // As Kafka 4.3.1 answers.
  const refused: [string, Change[], RegExp][] = [
    ['t', [['foo', 'SET', '1']], /^INVALID_CONFIG: Unknown topic config name: foo/],
    ['t', [['retention.ms', 'SET', null]], /^INVALID_REQUEST: Null value not supported for : retention.ms/],
    [
      't',
      [
        ['a', 'SET', '1'],
        ['a', 'SET', '2'],
      ],
      /^INVALID_REQUEST: Error due to duplicate config keys/,
    ],
    ['t', [['retention.ms', 'APPEND', '1']], /^INVALID_CONFIG: Can't APPEND to key retention.ms/],
    ['t', [['cleanup.policy', 'APPEND', 'foo']], /^INVALID_CONFIG: Invalid value foo/],
    ['t', [['remote.storage.enable', 'SET', 'true']], /^INVALID_CONFIG: Tiered Storage/],
    ['nope', [['retention.ms', 'SET', '1']], /^UNKNOWN_TOPIC_OR_PARTITION: The topic 'nope' does not exist/],
    ['nope', [['retention.ms', 'SET', 'x']], /^INVALID_CONFIG: Invalid value x/],
    ['a b', [['retention.ms', 'SET', '1']], /^INVALID_TOPIC_EXCEPTION/],
    ['', [['retention.ms', 'SET', '1']], /^INVALID_REQUEST: Default topic resources/],
  ]
  for (const [name, changes, expected] of refused) {
    test(`${name || "''"} ${changes.join(' ')} is refused`, async () => {
      const metadata = await withTopic()
      assert.match(await alter(metadata, 'topic', name, ...changes), expected)
      assert.deepEqual(metadata.store.snapshot().configs, [])
    })
  }
})

describe('dynamic settings of brokers', () => {
  const refused: [string, Change, RegExp][] = [
    [
      '1',
      ['num.partitions', 'SET', '4'],
      /^INVALID_REQUEST: Cannot update these configs dynamically: \[num.part/,
    ],
    ['1', ['log.retention.ms', 'SET', 'x'], /^INVALID_REQUEST: Invalid value x/],
    ['1', ['log.retention.ms', 'APPEND', '1'], /^INVALID_CONFIG: Config value append is not allowed/],
    ['1', ['foo', 'APPEND', '1'], /^INVALID_CONFIG: Unknown config name: foo/],
    ['1', ['foo', 'SET', '1'], /^INVALID_CONFIG: Unknown broker config name: foo/],
    ['1', ['listeners', 'SET', 'PLAINTEXT://:1'], /^INVALID_REQUEST: The one listener stays/],
    ['1', ['ssl.keystore.type', 'SET', 'JKS'], /^INVALID_REQUEST: These security configs/],
    [
      '',
      ['sasl.enabled.mechanisms', 'SET', 'PLAIN'],
      /^INVALID_REQUEST: Cannot update .* default cluster level/,
    ],
    [
      '9',
      ['max.connections', 'SET', '1'],
      /^INVALID_REQUEST: Unexpected broker id, expected 1, but received 9/,
    ],
    ['x', ['max.connections', 'SET', '1'], /^INVALID_REQUEST: Node id must be an integer, but it is: x/],
  ]
  for (const [name, change, expected] of refused) {
    test(`broker '${name}' ${change.join(' ')} is refused`, async () => {
      assert.match(await alter(await openMetadata(), 'broker', name, change), expected)
    })
  }

  test('take effect at once and are there after a restart', async () => {
    const metadata = await openMetadata()
    await alter(metadata, 'broker', '', ['max.connections', 'SET', '10'])
    assert.equal(metadata.config.number('max.connections'), 10)
    const again = await openMetadata({}, new MemoryMetadataStore({ rows: metadata.store.snapshot() }))
    assert.equal(again.config.number('max.connections'), 10)
    assert.deepEqual(
      again.configs.describe({ type: 'broker', name: '' }),
      metadata.configs.describe({ type: 'broker', name: '' }),
    )
    assert.equal(show(again, 'broker', '', 'message.max.bytes'), 'absent')
  })

  test('a commit that fails changes nothing', async () => {
    const metadata = await withTopic()
    metadata.store.failTransaction()
    assert.match(
      await alter(metadata, 'broker', '', ['max.connections', 'SET', '10']),
      /^KAFKA_STORAGE_ERROR/,
    )
    assert.notEqual(metadata.config.number('max.connections'), 10)
    metadata.store.failTransaction()
    assert.match(await alter(metadata, 'topic', 't', ['retention.ms', 'SET', '1']), /^KAFKA_STORAGE_ERROR/)
    assert.equal(metadata.topics.image().topicsByName.get('t')?.overrides.size, 0)
    assert.equal(await alter(metadata, 'topic', 't', ['retention.ms', 'SET', '1']), 'NONE')
  })

  test('a password is stored and never shown', async () => {
    const metadata = await openMetadata()
    await alter(metadata, 'broker', '1', ['sasl.jaas.config', 'SET', 'hunter2'])
    assert.doesNotMatch(JSON.stringify(metadata.configs.describe({ type: 'broker', name: '1' })), /hunter2/)
    assert.equal(
      show(metadata, 'broker', '1', 'sasl.jaas.config'),
      'null DYNAMIC_BROKER_CONFIG; sasl.jaas.config=null DYNAMIC_BROKER_CONFIG',
    )
  })
})

test('a request that names a resource twice has both refused', async () => {
  const { configs } = await withTopic()
  const resource = { type: 'topic' as const, name: 't', changes: [], replace: false }
  const results = await configs.alter([resource, { ...resource }, { ...resource, name: 'u' }], false)
  assert.deepEqual(
    results.map(fault => fault?.error),
    ['INVALID_REQUEST', 'INVALID_REQUEST', 'UNKNOWN_TOPIC_OR_PARTITION'],
  )
})

test('AlterConfigs drops what it does not name; validateOnly changes nothing', async () => {
  const metadata = await withTopic()
  await alter(metadata, 'topic', 't', ['retention.ms', 'SET', '1'], ['segment.ms', 'SET', '2'])
  const changes = [{ name: 'segment.ms', operation: 'SET' as const, value: '3' }]
  const resource = { type: 'topic' as const, name: 't', changes, replace: true }
  assert.deepEqual(await metadata.configs.alter([resource], true), [undefined])
  assert.equal(metadata.store.snapshot().configs.length, 2)
  assert.deepEqual(await metadata.configs.alter([resource], false), [undefined])
  assert.deepEqual(metadata.store.snapshot().configs, [
    { resource: 'topic', name: 't', key: 'segment.ms', value: '3' },
  ])
})

test('groups and client-metrics subscriptions keep their settings', async () => {
  const metadata = await openMetadata()
  const key = 'consumer.session.timeout.ms'
  assert.match(
    await alter(metadata, 'group', 'g', [key, 'SET', '1']),
    /^INVALID_CONFIG: .* group.consumer.min/,
  )
  assert.equal(await alter(metadata, 'group', 'g', [key, 'SET', '50000']), 'NONE')
  assert.match(
    await alter(metadata, 'client-metrics', 'm', ['match', 'SET', 'foo']),
    /^INVALID_CONFIG: Illegal/,
  )
  assert.equal(await alter(metadata, 'client-metrics', 'm', ['match', 'SET', 'client_id=a.*']), 'NONE')
  const again = await openMetadata({}, new MemoryMetadataStore({ rows: metadata.store.snapshot() }))
  assert.equal(
    show(again, 'group', 'g', key),
    `50000 GROUP_CONFIG; ${key}=50000 GROUP_CONFIG; group.${key}=45000 DEFAULT_CONFIG`,
  )
  assert.match(show(again, 'client-metrics', 'm', 'match'), /^client_id=a.\* CLIENT_METRICS_CONFIG/)
})

test('every key that does nothing here says so, and every other says what it does', async () => {
  const { configs } = await openMetadata()
  const entries = configs.describe({ type: 'broker', name: '1' })
  assert.ok(Array.isArray(entries))
  // As many as Kafka 4.3.1 lists.
  assert.equal(entries.length, 340)
  const of = (name: string): string | undefined => entries.find(entry => entry.name === name)?.documentation
  assert.match(of('num.io.threads') ?? '', /without effect/)
  assert.match(of('log.flush.interval.messages') ?? '', /The default here is 1/)
})
