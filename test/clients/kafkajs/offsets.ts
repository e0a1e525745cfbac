// Positions: seeking, offsets by time, lag.

import assert from 'node:assert/strict'
import { check, eventually, skip } from '../shared/checks.ts'
import { uniqueName } from '../shared/samples.ts'
import { admin, kafka, newTopic, read, withProducer } from './broker.ts'

const START_MS = 1_700_000_000_000

export async function offsetChecks(): Promise<void> {
  let topic = ''
  await check('seek to beginning, end and offset', async () => {
    topic = await filledTopic()
    await seek(topic)
  })
  await check('seek to a timestamp', () => seekToTime(topic))
  await check('seek out of range', () => outOfRange(topic))
  await check('list offsets', () => listOffsets(topic))
  skip('list offsets, highest timestamp', 'kafkajs asks ListOffsets by time only')
  await check('consumer lag', () => lag(topic))
}

/** A topic of 100 records, 1 s apart. */
async function filledTopic(): Promise<string> {
  const topic = await newTopic(1)
  const messages = Array.from({ length: 100 }, (_, i) => ({
    value: `v-${i}`,
    timestamp: String(START_MS + i * 1000),
  }))
  await withProducer({}, producer => producer.send({ topic, messages }))
  return topic
}

async function firstFrom(topic: string, offset: string): Promise<string> {
  const [record] = await read(topic, 1, consumer => consumer.seek({ topic, partition: 0, offset }))
  return String(record?.message.value)
}

async function seek(topic: string): Promise<void> {
  assert.equal(await firstFrom(topic, '42'), 'v-42')
  assert.equal(await firstFrom(topic, '-2'), 'v-0')
  const late = await newTopic(1)
  const values = read(late, 1, consumer => consumer.seek({ topic: late, partition: 0, offset: '-1' }))
  await withProducer({}, async producer => producer.send({ topic: late, messages: [{ value: 'late' }] }))
  assert.equal(String((await values)[0]?.message.value), 'late')
}

async function seekToTime(topic: string): Promise<void> {
  assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp(topic, START_MS + 30_500), [
    { partition: 0, offset: '31' },
  ])
  assert.equal(await firstFrom(topic, '31'), 'v-31')
  assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp(topic, 0), [{ partition: 0, offset: '0' }])
}

async function outOfRange(topic: string): Promise<void> {
  assert.equal(await firstFrom(topic, '5000'), 'v-0')
}

async function listOffsets(topic: string): Promise<void> {
  const listed = await admin.fetchTopicOffsets(topic)
  assert.deepEqual(listed, [{ partition: 0, offset: '100', high: '100', low: '0' }])
}

async function lag(topic: string): Promise<void> {
  const lags: string[] = []
  const consumer = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachBatch: async ({ batch }) => void lags.push(batch.highWatermark, batch.offsetLag()),
  })
  await eventually('a batch', () => lags.length >= 2)
  await consumer.disconnect()
  assert.deepEqual(lags.slice(0, 2), ['100', '0'])
}
