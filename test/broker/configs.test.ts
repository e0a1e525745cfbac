/** DescribeConfigs, IncrementalAlterConfigs, AlterConfigs: what is told, and that what is changed has its effect. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { errorName } from '#protocol/error-codes.ts'
import { alterConfigs } from '#protocol/messages/alter-configs.ts'
import { describeConfigs } from '#protocol/messages/describe-configs.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import { encodeBatch } from '#protocol/encode-batch.ts'
import { readBatchHeader } from '#protocol/record-batch.ts'
import { TestBroker } from '../support/broker.ts'
import type { RawClient } from '../support/raw-client.ts'
import { batchOf, createTopic, fetchFrom, produceTo, valuesOf } from '../support/records.ts'

const topicResource = 2
const brokerResource = 4
const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const
const sources = { topic: 1, broker: 2, brokerDefault: 3, staticBroker: 4, default: 5 } as const

interface Setting {
  readonly broker: TestBroker
  readonly client: RawClient
  readonly topic: string
}

async function start(t: TestContext, configs: Record<string, string> = {}): Promise<Setting> {
  const broker = await TestBroker.start(t)
  const client = await broker.connect()
  const topic = broker.name('topic')
  await createTopic(client, topic, { configs })
  return { broker, client, topic }
}

async function alter(
  client: RawClient,
  resourceName: string,
  name: string,
  value: string | null,
  {
    operation = 'set',
    resourceType = topicResource,
    validateOnly = false,
  }: { operation?: keyof typeof operations; resourceType?: number; validateOnly?: boolean } = {},
): Promise<string | undefined> {
  const configs = [{ name, value, configOperation: operations[operation] }]
  const answer = await client.ask(incrementalAlterConfigs, 1, {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly,
  })
  return errorName(answer.responses[0]!.errorCode)
}

async function describe(client: RawClient, resourceName: string, key: string, resourceType = topicResource) {
  const answer = await client.ask(describeConfigs, 4, {
    resources: [{ resourceType, resourceName, configurationKeys: [key] }],
    includeSynonyms: true,
    includeDocumentation: true,
  })
  const [result] = answer.results
  assert.equal(errorName(result!.errorCode), 'NONE')
  return result!.configs[0]
}

test('a topic config: its default, a value, and the default again', async t => {
  const { client, topic } = await start(t)
  const valueAndSource = async () => {
    const config = await describe(client, topic, 'retention.ms')
    return [config!.value, config!.configSource]
  }
  assert.deepEqual(await valueAndSource(), ['604800000', sources.default])
  assert.equal(await alter(client, topic, 'retention.ms', '1234'), 'NONE')
  assert.deepEqual(await valueAndSource(), ['1234', sources.topic])
  assert.equal(await alter(client, topic, 'retention.ms', null, { operation: 'delete' }), 'NONE')
  assert.deepEqual(await valueAndSource(), ['604800000', sources.default])
})

test('synonyms, type and flags of a config', async t => {
  const { client, topic } = await start(t, { 'retention.ms': '1000' })
  const config = await describe(client, topic, 'retention.ms')
  assert.deepEqual(
    config!.synonyms.map(({ name, value, source }) => [name, value, source]),
    [['retention.ms', '1000', sources.topic]],
  )
  assert.equal(config!.configType, 5) // LONG
  assert.equal(config!.readOnly, false)
  assert.equal(config!.isSensitive, false)
})

test('lists grow and shrink', async t => {
  const { client, topic } = await start(t)
  const policy = async () => (await describe(client, topic, 'cleanup.policy'))!.value
  assert.equal(await alter(client, topic, 'cleanup.policy', 'compact', { operation: 'append' }), 'NONE')
  assert.equal(await policy(), 'delete,compact')
  assert.equal(await alter(client, topic, 'cleanup.policy', 'delete', { operation: 'subtract' }), 'NONE')
  assert.equal(await policy(), 'compact')
  // What is no list cannot grow.
  assert.equal(await alter(client, topic, 'retention.ms', '1', { operation: 'append' }), 'INVALID_CONFIG')
})

/** [what, key, value, error] */
const refused: [string, string, string | null, string][] = [
  ['an unknown key', 'retention.mss', '1', 'INVALID_CONFIG'],
  ['another type', 'retention.ms', 'soon', 'INVALID_CONFIG'],
  ['out of range', 'max.message.bytes', '-5', 'INVALID_CONFIG'],
  ['not one of its values', 'cleanup.policy', 'keep', 'INVALID_CONFIG'],
  ['no value', 'retention.ms', null, 'INVALID_REQUEST'],
]

for (const [what, key, value, error] of refused) {
  test(`refused: ${what}`, async t => {
    const { client, topic } = await start(t)
    assert.equal(await alter(client, topic, key, value), error)
    assert.equal((await describe(client, topic, 'retention.ms'))!.value, '604800000')
  })
}

test('configs of a topic that is not there', async t => {
  const { client, topic } = await start(t)
  assert.equal(await alter(client, `${topic}-other`, 'retention.ms', '1'), 'UNKNOWN_TOPIC_OR_PARTITION')
  const answer = await client.ask(describeConfigs, 4, {
    resources: [{ resourceType: topicResource, resourceName: `${topic}-other`, configurationKeys: null }],
  })
  assert.equal(errorName(answer.results[0]!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('a request that only validates changes nothing', async t => {
  const { client, topic } = await start(t)
  assert.equal(await alter(client, topic, 'retention.ms', '1', { validateOnly: true }), 'NONE')
  assert.equal(await alter(client, topic, 'retention.ms', 'x', { validateOnly: true }), 'INVALID_CONFIG')
  assert.equal((await describe(client, topic, 'retention.ms'))!.value, '604800000')
})

test('AlterConfigs replaces all that was set', async t => {
  const { client, topic } = await start(t, { 'retention.ms': '1000', 'retention.bytes': '5000' })
  const configs = [{ name: 'retention.ms', value: '2000' }]
  const resources = [{ resourceType: topicResource, resourceName: topic, configs }]
  const answer = await client.ask(alterConfigs, 2, { resources, validateOnly: false })
  assert.equal(errorName(answer.responses[0]!.errorCode), 'NONE')
  assert.equal((await describe(client, topic, 'retention.ms'))!.value, '2000')
  const bytes = await describe(client, topic, 'retention.bytes')
  assert.deepEqual([bytes!.value, bytes!.configSource], ['-1', sources.default])
})

test('max.message.bytes has its effect at once', async t => {
  const { client, topic } = await start(t)
  const large = () => batchOf(['x'.repeat(2000)])
  assert.equal((await produceTo(client, topic, large())).errorCode, 0)
  await alter(client, topic, 'max.message.bytes', '1000')
  assert.equal(errorName((await produceTo(client, topic, large())).errorCode), 'MESSAGE_TOO_LARGE')
  await alter(client, topic, 'max.message.bytes', '10000')
  assert.equal((await produceTo(client, topic, large())).errorCode, 0)
})

test('message.timestamp.type, cleanup.policy and compression.type have their effect at once', async t => {
  const { client, topic } = await start(t)
  await alter(client, topic, 'message.timestamp.type', 'LogAppendTime')
  assert.ok((await produceTo(client, topic, batchOf(['a']))).logAppendTimeMs > 0)
  await alter(client, topic, 'compression.type', 'lz4')
  const { baseOffset } = await produceTo(client, topic, batchOf(['a']))
  const { records } = await fetchFrom(client, topic, baseOffset)
  assert.equal(readBatchHeader(records!, 0).codec, 'lz4')
  await alter(client, topic, 'cleanup.policy', 'compact')
  assert.equal(errorName((await produceTo(client, topic, batchOf(['a']))).errorCode), 'INVALID_RECORD')
})

/** A topic with a segment for each record, on a clock that stands still. */
async function startWithSegments(t: TestContext) {
  const clock = new FakeClock()
  const set = { 'log.retention.check.interval.ms': '1000', 'log.segment.delete.delay.ms': '0' }
  const broker = await TestBroker.start(t, { folder: true, clock, set })
  const client = await broker.connect()
  await createTopic(client, 'topic', { configs: { 'segment.bytes': '1048576' } })
  const value = Buffer.alloc(600_000, 'x')
  for (let count = 0; count < 4; count++) {
    await produceTo(client, 'topic', encodeBatch({}, [{ timestampMs: clock.nowMs(), key: null, value }]))
    await clock.advance(10)
  }
  /** Lets retention run; what it does to files takes turns of the event loop, an unknown number of them. */
  const expectLogStart = async (expected: number): Promise<void> => {
    await clock.advance(1000)
    let actual = -1
    for (let turn = 0; turn < 30 || (actual !== expected && turn < 2000); turn++)
      actual = (await fetchFrom(client, 'topic', 4)).logStartOffset
    assert.equal(actual, expected)
  }
  return { client, expectLogStart }
}

test('retention.ms has its effect at the next check', async t => {
  const { client, expectLogStart } = await startWithSegments(t)
  await expectLogStart(0)
  await alter(client, 'topic', 'retention.ms', '500')
  // The last segment goes as well: a new one takes its place.
  await expectLogStart(4)
  assert.equal((await produceTo(client, 'topic', batchOf(['new']))).baseOffset, 4)
})

test('retention.bytes has its effect at the next check', async t => {
  const { client, expectLogStart } = await startWithSegments(t)
  await alter(client, 'topic', 'retention.bytes', '1190000')
  await expectLogStart(2)
})

test('a default of the broker counts for topics that have no value of their own', async t => {
  const { client, expectLogStart } = await startWithSegments(t)
  const forBroker = { resourceType: brokerResource }
  await alter(client, 'topic', 'retention.ms', '100000000')
  assert.equal(await alter(client, '', 'log.retention.ms', '500', forBroker), 'NONE')
  await expectLogStart(0)
  await alter(client, 'topic', 'retention.ms', null, { operation: 'delete' })
  const config = await describe(client, 'topic', 'retention.ms')
  assert.deepEqual([config!.value, config!.configSource], ['500', sources.brokerDefault])
  await expectLogStart(4)
})

test('flush.messages decides how often is synced', async t => {
  const broker = await TestBroker.start(t, { set: {} })
  const client = await broker.connect()
  await createTopic(client, 'topic')
  const syncsOfFive = async () => {
    const before = broker.files.counts.get('sync') ?? 0
    for (let count = 0; count < 5; count++) await produceTo(client, 'topic', batchOf(['a']))
    return (broker.files.counts.get('sync') ?? 0) - before
  }
  assert.equal(await syncsOfFive(), 5)
  await alter(client, 'topic', 'flush.messages', '9223372036854775807')
  assert.equal(await syncsOfFive(), 0)
  await alter(client, 'topic', 'flush.messages', null, { operation: 'delete' })
  assert.equal(await syncsOfFive(), 5)
})

test('configs of the broker: of this one, of all, and of its start', async t => {
  const set = { 'message.max.bytes': '500000' }
  const broker = await TestBroker.start(t, { folder: true, set })
  const client = await broker.connect()
  const current = async (connection = client) => {
    const config = await describe(connection, '1', 'message.max.bytes', brokerResource)
    return [config!.value, config!.configSource]
  }
  const forBroker = { resourceType: brokerResource }
  assert.deepEqual(await current(), ['500000', sources.staticBroker])
  assert.equal(await alter(client, '', 'message.max.bytes', '600000', forBroker), 'NONE')
  assert.deepEqual(await current(), ['600000', sources.brokerDefault])
  assert.equal(await alter(client, '1', 'message.max.bytes', '700000', forBroker), 'NONE')
  assert.deepEqual(await current(), ['700000', sources.broker])
  await broker.restart()
  const after = await broker.connect()
  assert.deepEqual(await current(after), ['700000', sources.broker])
  await createTopic(after, 'topic')
  const tooLarge = await produceTo(after, 'topic', batchOf(['x'.repeat(700_000)]))
  assert.equal(errorName(tooLarge.errorCode), 'MESSAGE_TOO_LARGE')
  assert.equal((await produceTo(after, 'topic', batchOf(['x'.repeat(690_000)]))).errorCode, 0)
})

test('a config that a running broker cannot change is refused', async t => {
  const { client } = await start(t)
  const forBroker = { resourceType: brokerResource }
  assert.equal(await alter(client, '1', 'log.dirs', '/elsewhere', forBroker), 'INVALID_REQUEST')
  assert.equal((await describe(client, '1', 'log.dirs', brokerResource))!.readOnly, true)
})

test('a topic keeps its configs over a restart', async t => {
  const broker = await TestBroker.start(t, { folder: true })
  await createTopic(await broker.connect(), 'topic', { configs: { 'max.message.bytes': '1000' } })
  await broker.restart()
  const client = await broker.connect()
  assert.equal((await describe(client, 'topic', 'max.message.bytes'))!.value, '1000')
  const large = await produceTo(client, 'topic', batchOf(['x'.repeat(2000)]))
  assert.equal(errorName(large.errorCode), 'MESSAGE_TOO_LARGE')
  await produceTo(client, 'topic', batchOf(['small']))
  assert.deepEqual(valuesOf((await fetchFrom(client, 'topic', 0)).records), ['small'])
})
