// Creation, listing, growth and deletion of topics.

import assert from 'node:assert/strict'
import { check, eventually, fails } from '../shared/checks.ts'
import { uniqueName } from '../shared/samples.ts'
import { admin, newTopic, produce, read } from './broker.ts'

export async function topicChecks(): Promise<void> {
  const topic = uniqueName('topic')
  await check('create topic', async () => {
    await admin.createTopics({
      validateOnly: true,
      waitForLeaders: false,
      topics: [{ topic, numPartitions: 3 }],
    })
    assert.equal(await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] }), true)
  })
  await check('describe topic', () => describe(topic))
  await check('create topic again', async () => {
    assert.equal(await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] }), false)
  })
  await check('create topic, refused', createRefused)
  await check('list topics', async () => {
    assert.ok((await admin.listTopics()).includes(topic))
  })
  await check('create partitions', grow)
  await check('delete topic', () => remove(topic))
}

async function describe(topic: string): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics[0]!.partitions.toSorted((a, b) => a.partitionId - b.partitionId)
  assert.deepEqual(
    partitions.map(each => each.partitionId),
    [0, 1, 2],
  )
  for (const each of partitions) {
    assert.equal(each.partitionErrorCode, 0)
    assert.deepEqual(each.replicas, [each.leader])
    assert.deepEqual(each.isr, [each.leader])
  }
}

async function createRefused(): Promise<void> {
  const create = (topic: object) =>
    admin.createTopics({ topics: [{ topic: uniqueName('refused'), ...topic }] })
  await fails('INVALID_TOPIC_EXCEPTION', () => create({ topic: 'no/slash' }))
  await fails('INVALID_PARTITIONS', () => create({ numPartitions: 0 }))
  await fails('INVALID_REPLICATION_FACTOR', () => create({ replicationFactor: 3 }))
  await fails('INVALID_CONFIG', () => create({ configEntries: [{ name: 'retention.ms', value: 'soon' }] }))
}

async function grow(): Promise<void> {
  const topic = await newTopic(1)
  const growTo = (count: number) => admin.createPartitions({ topicPartitions: [{ topic, count }] })
  await growTo(4)
  await eventually('4 partitions', async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]!.partitions.length === 4
  })
  await fails('INVALID_PARTITIONS', () => growTo(2))
  await fails('INVALID_PARTITIONS', () => growTo(4))
  await produce(topic, 4, 'grown', 8)
  assert.equal((await read(topic, 8)).length, 8)
}

async function remove(topic: string): Promise<void> {
  await admin.deleteTopics({ topics: [topic] })
  await eventually('the topic is gone', async () => !(await admin.listTopics()).includes(topic))
  await fails('UNKNOWN_TOPIC_OR_PARTITION', () => admin.deleteTopics({ topics: [topic] }))
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await produce(topic, 1, 'new', 1)
  const [record] = await read(topic, 1)
  assert.equal(record?.message.offset, '0')
}
