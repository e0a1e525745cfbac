// Creation, listing, growth and deletion of topics.

import assert from 'node:assert/strict'
import { check, eventually, fails } from '../shared/checks.ts'
import { uniqueName } from '../shared/samples.ts'
import { admin, newTopic, produce, read, ready } from './broker.ts'

export async function topicChecks(): Promise<void> {
  const topic = uniqueName('topic')
  await check('create topic', async () => {
    const [created] = await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 })
    assert.equal(created?.name, topic)
    assert.equal(created?.partitions, 3)
    assert.equal(created?.replicas, 1)
    assert.match(created?.id ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(created?.configuration['cleanup.policy'], 'delete')
  })
  await check('describe topic', () => describe(topic))
  await check('create topic again', () =>
    fails('TOPIC_ALREADY_EXISTS', () => admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 })),
  )
  await check('create topic, refused', createRefused)
  await check('list topics', async () => {
    assert.ok((await admin.listTopics()).includes(topic))
  })
  await check('create partitions', grow)
  await check('delete topic', () => remove(topic))
}

async function describe(topic: string): Promise<void> {
  const metadata = await admin.metadata({ topics: [topic] })
  const described = metadata.topics.get(topic)!
  assert.equal(described.partitionsCount, 3)
  for (const each of described.partitions) {
    assert.deepEqual(each.replicas, [each.leader])
    assert.deepEqual(each.isr, [each.leader])
    assert.deepEqual(each.offlineReplicas, [])
  }
  await fails('Unknown topic', () => admin.metadata({ topics: [uniqueName('absent')], retries: 0 }))
}

async function createRefused(): Promise<void> {
  const create = (options: object) =>
    admin.createTopics({ topics: [uniqueName('refused')], partitions: 1, replicas: 1, ...options })
  await fails('INVALID_TOPIC_EXCEPTION', () => create({ topics: ['no/slash'] }))
  await fails('INVALID_REPLICATION_FACTOR', () => create({ replicas: 3 }))
  await fails('INVALID_CONFIG', () => create({ configs: [{ name: 'retention.ms', value: 'soon' }] }))
}

async function grow(): Promise<void> {
  const topic = await newTopic(1)
  const growTo = (count: number) =>
    admin.createPartitions({ topics: [{ name: topic, count, assignments: null }] })
  await growTo(4)
  await eventually('4 partitions', async () => {
    const metadata = await admin.metadata({ topics: [topic], forceUpdate: true })
    return metadata.topics.get(topic)?.partitionsCount === 4
  })
  await fails('INVALID_PARTITIONS', () => growTo(2))
  await fails('INVALID_PARTITIONS', () => growTo(4))
  await ready(topic, 4)
  await produce(topic, 4, 'grown', 8)
  assert.equal((await read(topic, 8)).length, 8)
}

async function remove(topic: string): Promise<void> {
  await admin.deleteTopics({ topics: [topic] })
  await eventually('the topic is gone', async () => !(await admin.listTopics()).includes(topic))
  await fails('UNKNOWN_TOPIC_OR_PARTITION', () => admin.deleteTopics({ topics: [topic] }))
  await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
  await produce(topic, 1, 'new', 1)
  const [message] = await read(topic, 1)
  assert.equal(message?.offset, 0n)
}
