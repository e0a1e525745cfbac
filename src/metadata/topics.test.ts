import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import { openMetadata } from '../../test/support/metadata.ts'
import type { Metadata } from '../../test/support/metadata.ts'
import { newTopic } from './new-topic.ts'
import type { NewTopic } from './new-topic.ts'
import { maxPartitionsPerBroker } from './topics.ts'
import type { TopicResult } from './topics.ts'

const real = { validateOnly: false }

function wanted(name: string, over: Partial<NewTopic> = {}): NewTopic {
  return { ...newTopic(name), ...over }
}

function names({ topics }: Metadata): string[] {
  return [...topics.image().topicsByName.keys()]
}

function errors(results: readonly TopicResult[]): string[] {
  return results.map(result => result.error)
}

describe('creation', () => {
  test('folders come first, then the row, then the topic is shown', async () => {
    const metadata = await openMetadata({ 'num.partitions': '3' })
    const seen: (string | number)[] = []
    const create = metadata.logs.create.bind(metadata.logs)
    metadata.logs.create = async topic => {
      seen.push(metadata.store.snapshot().topics.length, names(metadata).length)
      await create(topic)
    }
    const [result] = await metadata.topics.create([wanted('orders')], real)
    assert.equal(result?.error, 'NONE')
    assert.deepEqual(seen, [0, 0])
    assert.deepEqual(metadata.logs.calls, ['create orders 0,1,2', 'publish'])
    const topic = metadata.topics.image().topicsByName.get('orders')
    assert.equal(metadata.topics.image().topicsById.get(topic!.topicId), topic)
    const { name, topicId, partitionCount, leaderEpoch } = topic!
    assert.deepEqual(metadata.store.snapshot().topics, [{ name, topicId, partitionCount, leaderEpoch }])
  })

  test('an image that was taken before does not change', async () => {
    const { topics } = await openMetadata()
    const before = topics.image()
    await topics.create([wanted('orders')], real)
    assert.equal(before.topicsByName.size, 0)
    assert.equal(topics.image().topicsByName.size, 1)
  })

  test('a commit that fails leaves nothing, and the next one works', async () => {
    const metadata = await openMetadata()
    metadata.store.failTransaction()
    const failed = await metadata.topics.create([wanted('a'), wanted('b')], real)
    assert.deepEqual(errors(failed), ['KAFKA_STORAGE_ERROR', 'KAFKA_STORAGE_ERROR'])
    assert.deepEqual(metadata.logs.calls, ['create a 0', 'create b 0', 'discard', 'discard'])
    assert.deepEqual(names(metadata), [])
    assert.deepEqual(errors(await metadata.topics.create([wanted('a')], real)), ['NONE'])
  })

  test('logs that cannot be made fail their topic alone', async () => {
    const metadata = await openMetadata()
    metadata.logs.broken.add('a')
    const results = await metadata.topics.create([wanted('a'), wanted('b')], real)
    assert.deepEqual(errors(results), ['KAFKA_STORAGE_ERROR', 'NONE'])
    assert.deepEqual(names(metadata), ['b'])
  })

  test('settings are stored, resolved for the logs, and there after a restart', async () => {
    const metadata = await openMetadata({ 'log.retention.ms': '7' })
    const configs = [{ name: 'segment.ms', value: ' 5 ' }]
    await metadata.topics.create([wanted('orders', { configs })], real)
    const again = await openMetadata({}, new MemoryMetadataStore({ rows: metadata.store.snapshot() }))
    for (const [opened, retentionMs] of [
      [metadata, 7],
      [again, 604_800_000],
    ] as const) {
      const topic = opened.topics.image().topicsByName.get('orders')
      assert.deepEqual([...topic!.overrides], [['segment.ms', ' 5 ']])
      assert.deepEqual([topic!.logConfig.segmentMs, topic!.logConfig.retentionMs], [5, retentionMs])
    }
  })

  test('validateOnly touches nothing', async () => {
    const metadata = await openMetadata()
    const results = await metadata.topics.create([wanted('a'), wanted('b c')], { validateOnly: true })
    assert.deepEqual(errors(results), ['NONE', 'INVALID_TOPIC_EXCEPTION'])
    assert.deepEqual([metadata.logs.calls, names(metadata), metadata.store.transactionCount], [[], [], 0])
  })

  test('of two requests for one name the second finds it', async () => {
    const { topics } = await openMetadata()
    const both = await Promise.all([topics.create([wanted('a')], real), topics.create([wanted('a')], real)])
    assert.deepEqual(both.flatMap(errors), ['NONE', 'TOPIC_ALREADY_EXISTS'])
  })

  test('names of internal topics are taken, and not listed', async () => {
    const metadata = await openMetadata()
    const results = await metadata.topics.create([wanted('__consumer_offsets')], real)
    assert.deepEqual(errors(results), ['TOPIC_ALREADY_EXISTS'])
    assert.deepEqual(names(metadata), [])
  })

  test('partitions of one request and of the broker are bounded', async () => {
    const { topics } = await openMetadata()
    const of = (name: string, partitionCount: number): Promise<TopicResult[]> =>
      topics.create([wanted(name, { partitionCount })], real)
    assert.deepEqual(errors(await of('a', 2 ** 31 - 1)), ['POLICY_VIOLATION'])
    for (let left = maxPartitionsPerBroker; left > 0; left -= 10_000) {
      assert.deepEqual(errors(await of(`t${left}`, 10_000)), ['NONE'])
    }
    assert.deepEqual(errors(await of('b', 1)), ['POLICY_VIOLATION'])
    assert.equal((await topics.autoCreate('c')).error, 'POLICY_VIOLATION')
    const id = topics.image().topicsByName.get('t10000')!.topicId
    await topics.delete([id])
    assert.deepEqual(errors(await of('b', 1)), ['NONE'])
  })
})

describe('auto-creation', () => {
  test('makes a topic once for all that ask at a time', async () => {
    const metadata = await openMetadata({ 'num.partitions': '2' })
    const results = await Promise.all([1, 2, 3].map(() => metadata.topics.autoCreate('orders')))
    const ids = results.map(result => (result.error === 'NONE' ? result.topic.topicId : result.error))
    assert.equal(new Set(ids).size, 1)
    assert.deepEqual(metadata.logs.calls, ['create orders 0,1', 'publish'])
  })

  test('refuses illegal, colliding and internal names', async () => {
    const { topics } = await openMetadata()
    await topics.autoCreate('a.b')
    const results = await Promise.all(
      ['a b', 'a_b', '__transaction_state'].map(name => topics.autoCreate(name)),
    )
    assert.deepEqual(errors(results), [
      'INVALID_TOPIC_EXCEPTION',
      'INVALID_TOPIC_EXCEPTION',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ])
  })
})

describe('growth', () => {
  const grow = (metadata: Metadata, count: number): Promise<TopicResult[]> =>
    metadata.topics.createPartitions([{ name: 'orders', count, assignments: undefined }], real)

  test('makes the logs of the new partitions only, and keeps id and settings', async () => {
    const metadata = await openMetadata()
    await metadata.topics.create([wanted('orders', { configs: [{ name: 'segment.ms', value: '5' }] })], real)
    const before = metadata.topics.image().topicsByName.get('orders')!
    assert.deepEqual(errors(await grow(metadata, 3)), ['NONE'])
    const after = metadata.topics.image().topicsByName.get('orders')!
    assert.deepEqual(after, { ...before, partitionCount: 3 })
    assert.deepEqual(metadata.logs.calls.slice(2), ['create orders 1,2', 'publish'])
    assert.equal(metadata.store.snapshot().topics[0]?.partitionCount, 3)
    assert.equal(metadata.store.snapshot().configs.length, 1)
  })

  test('a commit that fails leaves the topic as it was', async () => {
    const metadata = await openMetadata()
    await metadata.topics.create([wanted('orders')], real)
    metadata.store.failTransaction()
    assert.deepEqual(errors(await grow(metadata, 3)), ['KAFKA_STORAGE_ERROR'])
    assert.equal(metadata.topics.image().topicsByName.get('orders')?.partitionCount, 1)
    assert.deepEqual(errors(await grow(metadata, 2)), ['NONE'])
  })

  test('is bounded as creation is', async () => {
    const metadata = await openMetadata()
    await metadata.topics.create([wanted('orders')], real)
    assert.deepEqual(errors(await grow(metadata, 2 ** 31 - 1)), ['POLICY_VIOLATION'])
  })
})

describe('deletion', () => {
  test('the row goes first, then the topic, its listeners, its logs', async () => {
    const metadata = await openMetadata()
    await metadata.topics.create([wanted('a'), wanted('b')], real)
    const told: string[] = []
    metadata.topics.onDelete(topics => {
      told.push(...topics.map(topic => topic.name), `rows ${metadata.store.snapshot().topics.length}`)
      assert.deepEqual(names(metadata), ['b'])
      assert.ok(!metadata.logs.calls.includes('delete a'))
    })
    const id = metadata.topics.image().topicsByName.get('a')!.topicId
    const results = await metadata.topics.delete([id, 'no such id'])
    assert.deepEqual(errors(results), ['NONE', 'UNKNOWN_TOPIC_ID'])
    assert.deepEqual(told, ['a', 'rows 1'])
    assert.equal(metadata.logs.calls.at(-1), 'delete a')
    assert.equal(metadata.topics.image().topicsById.has(id), false)
  })

  test('a commit that fails leaves the topic; logs that cannot be removed do not bring it back', async () => {
    const metadata = await openMetadata()
    await metadata.topics.create([wanted('a')], real)
    const id = metadata.topics.image().topicsByName.get('a')!.topicId
    metadata.store.failTransaction()
    assert.deepEqual(errors(await metadata.topics.delete([id])), ['KAFKA_STORAGE_ERROR'])
    assert.deepEqual(names(metadata), ['a'])
    metadata.logs.broken.add('a')
    assert.deepEqual(errors(await metadata.topics.delete([id])), ['NONE'])
    assert.deepEqual(names(metadata), [])
  })

  test('a topic made again has another id and none of the old settings', async () => {
    const metadata = await openMetadata()
    await metadata.topics.create([wanted('a', { configs: [{ name: 'segment.ms', value: '5' }] })], real)
    const id = metadata.topics.image().topicsByName.get('a')!.topicId
    const [, made] = await Promise.all([
      metadata.topics.delete([id]),
      metadata.topics.create([wanted('a')], real),
    ])
    assert.deepEqual(errors(made), ['NONE'])
    const topic = metadata.topics.image().topicsByName.get('a')!
    assert.notEqual(topic.topicId, id)
    assert.equal(topic.overrides.size, 0)
    assert.deepEqual(metadata.store.snapshot().configs, [])
    assert.deepEqual(metadata.logs.calls, ['create a 0', 'publish', 'delete a', 'create a 0', 'publish'])
  })
})
