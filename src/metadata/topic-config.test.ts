import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerConfig } from './broker-config.ts'
import { checkTopicConfig, resolveLogConfig } from './topic-config.ts'

const of = (texts: Record<string, string>): Map<string, string> => new Map(Object.entries(texts))

test('the defaults are Kafka’s, but for the sync before the answer', () => {
  assert.deepEqual(resolveLogConfig(of({}), BrokerConfig.resolve()), {
    segmentBytes: 1_073_741_824,
    segmentMs: 604_800_000,
    segmentJitterMs: 0,
    segmentIndexBytes: 10_485_760,
    indexIntervalBytes: 4096,
    retentionMs: 604_800_000,
    retentionBytes: -1,
    fileDeleteDelayMs: 60_000,
    flushMessages: 1,
    flushMs: 2 ** 63,
    cleanupDelete: true,
    cleanupCompact: false,
    maxMessageBytes: 1_048_588,
    messageTimestampType: 'CreateTime',
    timestampBeforeMaxMs: 2 ** 63,
    timestampAfterMaxMs: 3_600_000,
    compressionType: 'producer',
    compressionLevel: undefined,
  })
})

test('hours yield to minutes, minutes to milliseconds, the broker to the topic', () => {
  const retentionMs = (broker: Record<string, string>, topic: Record<string, string> = {}): number =>
    resolveLogConfig(of(topic), BrokerConfig.resolve({ set: of(broker) })).retentionMs
  assert.equal(retentionMs({ 'log.retention.hours': '2' }), 7_200_000)
  assert.equal(retentionMs({ 'log.retention.hours': '2', 'log.retention.minutes': '3' }), 180_000)
  assert.equal(retentionMs({ 'log.retention.minutes': '3', 'log.retention.ms': '-1' }), -1)
  assert.equal(retentionMs({ 'log.retention.ms': '5' }, { 'retention.ms': '6' }), 6)
  const jitter = BrokerConfig.resolve({ set: of({ 'log.roll.jitter.hours': '1', 'log.roll.hours': '2' }) })
  const { segmentMs, segmentJitterMs } = resolveLogConfig(of({}), jitter)
  assert.deepEqual([segmentMs, segmentJitterMs], [7_200_000, 3_600_000])
})

test('the level is that of the codec', () => {
  const overrides = of({
    'compression.type': 'zstd',
    'compression.zstd.level': '7',
    'cleanup.policy': 'compact,delete',
  })
  const config = resolveLogConfig(overrides, BrokerConfig.resolve())
  assert.deepEqual([config.compressionType, config.compressionLevel], ['zstd', 7])
  assert.deepEqual([config.cleanupCompact, config.cleanupDelete], [true, true])
})

test('the small segments of tests go below the bound of segment.bytes', () => {
  const config = resolveLogConfig(of({ 'internal.segment.bytes': '500' }), BrokerConfig.resolve())
  assert.equal(config.segmentBytes, 500)
})

test('overrides are checked one by one and together', () => {
  const fault = (texts: Record<string, string>): string | undefined =>
    checkTopicConfig(of(texts), BrokerConfig.resolve())
  assert.equal(fault({ 'retention.ms': '1', 'cleanup.policy': 'compact' }), undefined)
  assert.equal(fault({ nonsense: '1' }), 'Unknown topic config name: nonsense')
  assert.match(fault({ 'retention.ms': '-2' }) ?? '', /at least -1/)
  assert.equal(
    fault({ 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' }),
    'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
  )
})
