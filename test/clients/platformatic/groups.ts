// Groups: shared work, rebalances, committed offsets, cooperative and static members.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { cooperativeStickyAssigner } from '@platformatic/kafka'
import { check, eventually, fails, quick, skip } from '../shared/checks.ts'
import { uniqueName } from '../shared/samples.ts'
import { admin, newTopic, produce, withProducer } from './broker.ts'
import { Member, shared } from './member.ts'

type Settings = NonNullable<Parameters<typeof Member.join>[3]>

const COOPERATIVE: Settings = {
  protocols: [{ name: 'cooperative-sticky', version: 1 }],
  partitionAssigner: cooperativeStickyAssigner,
}

export async function groupChecks(): Promise<void> {
  await check('group of two', () => groupOfTwo({}))
  await check('group resumes from committed offsets', resume)
  await check('group rebalances under load', underLoad)
  await check('cooperative group', () => groupOfTwo(COOPERATIVE))
  await check('static member', staticMember)
  await check('group with unlike protocols', unlike)
  skip('commit with metadata', '@platformatic/kafka commits without metadata')
}

async function groupOfTwo(settings: Settings): Promise<void> {
  const topic = await newTopic(3)
  const group = uniqueName('group')
  const values: string[] = []
  const first = await Member.join(group, topic, values, settings)
  await eventually('the only member has all partitions', () => first.assigned.length === 3)
  await produce(topic, 3, 'one', 30)
  await eventually(
    '30 records, committed',
    async () => values.length >= 30 && (await committed(group)) === 30,
  )
  const second = await Member.join(group, topic, values, settings)
  await eventually('both have partitions', () => shared(first, second, 3))
  await produce(topic, 3, 'two', 30)
  await eventually(
    '60 records, committed',
    async () => values.length >= 60 && (await committed(group)) === 60,
  )
  await second.leave()
  await eventually('the one that stays has all again', () => first.assigned.length === 3)
  await produce(topic, 3, 'three', 30)
  await eventually('90 records', () => values.length >= 90)
  await first.leave()
  assert.equal(values.length, 90, 'records read')
  assert.equal(new Set(values).size, 90, 'different records read')
}

/** The sum of all committed offsets. */
async function committed(group: string): Promise<number> {
  const [listed] = await admin.listConsumerGroupOffsets({ groups: [group] })
  const partitions = listed!.topics.flatMap(each => each.partitions)
  return partitions.reduce((sum, each) => sum + Number(each.committedOffset), 0)
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

/** Members come and go while records arrive: none is lost. Some may be read twice: commits trail behind the reading. */
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
  await withProducer(async producer => {
    for (let i = 0; i < count; i++) {
      await producer.send({ messages: [{ topic, value: `v-${i}`, partition: i % 6 }] })
      await sleep(3)
    }
  })
  await coming
  await eventually(`${count} records`, () => new Set(values).size === count)
  await first.leave()
}

/**
 * A newcomer under the id of a static member takes its place and its partitions without a rebalance. What the client has no
 * form for: a return after a pause (it leaves the group when it is closed, even as a static member), and the fencing of the
 * older holder (it joins again at once instead).
 */
async function staticMember(): Promise<void> {
  const topic = await newTopic(4)
  const group = uniqueName('group')
  const first = await Member.join(group, topic, [], { groupInstanceId: 'one' })
  const second = await Member.join(group, topic, [], { groupInstanceId: 'two' })
  await eventually('both have partitions', () => shared(first, second, 4))
  const { members } = (await admin.describeGroups({ groups: [group] })).get(group)!
  assert.deepEqual(new Set([...members.values()].map(each => each.groupInstanceId)), new Set(['one', 'two']))
  const { generationId } = first.consumer
  const held = new Set(second.assigned)
  const heir = await Member.join(group, topic, [], { groupInstanceId: 'two' })
  assert.deepEqual(new Set(heir.assigned), held)
  assert.equal(heir.consumer.generationId, generationId, 'no rebalance')
  await second.leave().catch(() => undefined)
  await heir.leave().catch(() => undefined)
  await first.leave()
}

async function unlike(): Promise<void> {
  const topic = await newTopic(1)
  const group = uniqueName('group')
  const member = await Member.join(group, topic)
  await fails('INCONSISTENT_GROUP_PROTOCOL', () => Member.join(group, topic, [], COOPERATIVE))
  await member.leave()
}
