// Positions: reading from the beginning, the end, an offset; offsets by time; lag.

import assert from 'node:assert/strict'
import { ListOffsetTimestamps } from '@platformatic/kafka'
import { check, eventually, fails } from '../shared/checks.ts'
import { uniqueName } from '../shared/samples.ts'
import { admin, newTopic, produce, read, withProducer } from './broker.ts'
import type { Start } from './broker.ts'
import { Member } from './member.ts'

const START_MS = 1_700_000_000_000

export async function offsetChecks(): Promise<void> {
  let topic = ''
  await check('seek to beginning, end and offset', async () => {
    topic = await filledTopic()
    await seek(topic)
  })
  await check('seek to a timestamp', () => seekToTime(topic))
  await check('seek out of range', async () => {
    await fails('OFFSET_OUT_OF_RANGE', () => read(topic, 1, { from: 5000n }))
    const [message] = await read(topic, 1, { from: 5000n, fallback: 'earliest' })
    assert.equal(message?.offset, 0n)
  })
  await check('list offsets', () => listOffsets(topic))
  await check('consumer lag', () => lag(topic))
}

/** A topic of 100 records, 1 s apart, the one at offset 60 being the newest by time. */
async function filledTopic(): Promise<string> {
  const topic = await newTopic(1)
  const messages = Array.from({ length: 100 }, (_, i) => ({
    topic,
    value: `v-${i}`,
    timestamp: BigInt(START_MS + (i === 60 ? 1_000_000 : i * 1000)),
  }))
  await withProducer(producer => producer.send({ messages }))
  return topic
}

async function firstFrom(topic: string, from: Start): Promise<string> {
  const [message] = await read(topic, 1, { from })
  return String(message?.value)
}

async function seek(topic: string): Promise<void> {
  assert.equal(await firstFrom(topic, 42n), 'v-42')
  assert.equal(await firstFrom(topic, 'earliest'), 'v-0')
  const late = await newTopic(1)
  await produce(late, 1, 'early', 5)
  const [message] = await read(late, 1, { from: 'latest', started: () => produce(late, 1, 'late', 1) })
  assert.equal(String(message?.value), 'late-0')
}

async function seekToTime(topic: string): Promise<void> {
  const found = await listed(topic, BigInt(START_MS + 30_500))
  assert.deepEqual(found, { offset: 31n, timestamp: BigInt(START_MS + 31_000) })
  assert.equal(await firstFrom(topic, found.offset), 'v-31')
}

async function listed(topic: string, timestamp: bigint): Promise<{ offset: bigint; timestamp: bigint }> {
  const [result] = await admin.listOffsets({
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }],
  })
  const [partition] = result!.partitions
  return { offset: partition!.offset, timestamp: partition!.timestamp }
}

async function listOffsets(topic: string): Promise<void> {
  assert.equal((await listed(topic, ListOffsetTimestamps.EARLIEST)).offset, 0n)
  assert.equal((await listed(topic, ListOffsetTimestamps.LATEST)).offset, 100n)
  assert.deepEqual(await listed(topic, ListOffsetTimestamps.MAX), {
    offset: 60n,
    timestamp: BigInt(START_MS + 1_000_000),
  })
  assert.equal((await listed(topic, ListOffsetTimestamps.EARLIEST_LOCAL)).offset, 0n)
  assert.equal((await listed(topic, ListOffsetTimestamps.LATEST_TIERED)).offset, -1n)
  assert.equal((await listed(topic, BigInt(START_MS + 2_000_000))).offset, -1n)
}

async function lag(topic: string): Promise<void> {
  const member = await Member.join(uniqueName('group'), topic)
  const lags = async () => (await member.consumer.getLag({ topics: [topic] })).get(topic)
  await eventually('no lag after all is read and committed', async () => (await lags())?.[0] === 0n)
  const committed = await member.consumer.listCommittedOffsets({ topics: [{ topic, partitions: [0] }] })
  assert.deepEqual(committed.get(topic), [100n])
  await member.leave()
}
