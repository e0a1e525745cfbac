// Groups: shared work, rebalances, committed offsets.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { check, eventually, quick, skip } from '../shared/checks.ts'
import { uniqueName } from '../shared/samples.ts'
import { admin, newTopic, produce, withProducer } from './broker.ts'
import { Member, shared } from './member.ts'

export async function groupChecks(): Promise<void> {
  await check('group of two', groupOfTwo)
  await check('group resumes from committed offsets', resume)
  await check('group rebalances under load', underLoad)
  skip('cooperative group', 'kafkajs has no cooperative protocol')
  skip('static member', 'kafkajs has no group.instance.id')
  await check('commit with metadata', commitWithMetadata)
}

async function groupOfTwo(): Promise<void> {
  const topic = await newTopic(3)
  const group = uniqueName('group')
  const values: string[] = []
  const first = await Member.join(group, topic, values)
  assert.equal(first.assigned.length, 3)
  await produce(topic, 3, 'one', 30)
  await eventually(
    '30 records, committed',
    async () => values.length >= 30 && (await committed(group, topic)) === 30,
  )
  const second = await Member.join(group, topic, values)
  await eventually('both have partitions', () => shared(first, second, 3))
  await produce(topic, 3, 'two', 30)
  await eventually(
    '60 records, committed',
    async () => values.length >= 60 && (await committed(group, topic)) === 60,
  )
  await second.leave()
  await eventually('the one that stays has all again', () => first.assigned.length === 3)
  await produce(topic, 3, 'three', 30)
  await eventually('90 records', () => values.length >= 90)
  await first.leave()
  assert.equal(values.length, 90, 'records read')
  assert.equal(new Set(values).size, 90, 'different records read')
}

/** The sum of the committed offsets of a topic. */
async function committed(group: string, topic: string): Promise<number> {
  const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
  return offsets!.partitions.reduce((sum, each) => sum + Math.max(0, Number(each.offset)), 0)
}

async function resume(): Promise<void> {
  const topic = await newTopic(3)
  const group = uniqueName('group')
  await produce(topic, 3, 'before', 30)
  const member = await Member.join(group, topic)
  await eventually('30 records', () => member.values.length >= 30)
  await member.leave()
  await produce(topic, 3, 'after', 30)
  const again = await Member.join(group, topic)
  await eventually('30 more', () => again.values.length >= 30)
  await again.leave()
  assert.ok(
    again.values.every(value => value.startsWith('after-')),
    'only new records are read',
  )
}

/** Members come and go while records arrive: none is lost. kafkajs may read some twice: a commit can miss a rebalance. */
async function underLoad(): Promise<void> {
  const topic = await newTopic(6)
  const group = uniqueName('group')
  const values: string[] = []
  const count = quick ? 200 : 1000
  const first = await Member.join(group, topic, values)
  const coming = (async () => {
    for (let i = 0; i < (quick ? 2 : 6); i++) {
      const second = await Member.join(group, topic, values)
      await sleep(100)
      await second.leave()
    }
  })()
  await withProducer({}, async producer => {
    for (let i = 0; i < count; i++) {
      await producer.send({ topic, messages: [{ value: `v-${i}`, partition: i % 6 }] })
      await sleep(3)
    }
  })
  await coming
  await eventually(`${count} records`, () => new Set(values).size === count)
  await first.leave()
}

async function commitWithMetadata(): Promise<void> {
  const topic = await newTopic(1)
  const group = uniqueName('group')
  await produce(topic, 1, 'v', 10)
  const member = await Member.join(group, topic)
  await eventually('10 records', () => member.values.length === 10)
  await member.consumer.commitOffsets([{ topic, partition: 0, offset: '4', metadata: 'half way ✓' }])
  const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
  assert.deepEqual(offsets?.partitions, [{ partition: 0, offset: '4', metadata: 'half way ✓' }])
  await member.leave()
  const again = await Member.join(group, topic)
  await eventually('6 records', () => again.values.length >= 6)
  await again.leave()
  assert.equal(again.values[0], 'v-4')
}
