// What is produced, with every codec and every kind of acknowledgement, is read back equal.

import assert from 'node:assert/strict'
import { compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka'
import type { CompressionAlgorithmValue, Message, MessageToProduce } from '@platformatic/kafka'
import { check, quick } from '../shared/checks.ts'
import { KEYS, sameRecords, samples } from '../shared/samples.ts'
import type { Sample } from '../shared/samples.ts'
import { connection, newTopic, read, withProducer } from './broker.ts'

export async function roundTripChecks(): Promise<void> {
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
    await check(`round trip ${codec}`, () => roundTrip(codec))
  }
  await check('acks 0', () => acknowledged({ acks: ProduceAcks.NO_RESPONSE }))
  await check('acks 1', () => acknowledged({ acks: ProduceAcks.LEADER }))
  await check('acks all', () => acknowledged({ acks: ProduceAcks.ALL }))
  await check('idempotent producer', () => acknowledged({ acks: ProduceAcks.ALL, idempotent: true }))
}

type Bytes = Buffer | null

/** The partitioner that agrees with Java's, and for records without a key the turn of their second. */
function partitioner(
  message: MessageToProduce<Bytes, Bytes, Buffer, Bytes>,
  key: Buffer | undefined,
): number {
  return key ? compatibilityPartitioner(message, key) : Number(message.timestamp) / 1000
}

async function roundTrip(compression: CompressionAlgorithmValue): Promise<void> {
  const topic = await newTopic(3)
  const all = samples(quick ? 60 : 600, { nullHeaders: true, repeatedHeaders: true })
  // Bytes all along: strings cannot say that a value is null. The client's default partitioner is its own; the one chosen
  // here agrees with the other clients.
  const producer = new Producer<Bytes, Bytes, Buffer, Bytes>({ ...connection, compression, partitioner })
  const ends = new Map<number, bigint>()
  for (let start = 0; start < all.length; start += 50) {
    const batch = all.slice(start, start + 50)
    const { offsets } = await producer.send({ messages: batch.map(each => toMessage(topic, each)) })
    for (const { partition, offset } of offsets!) ends.set(partition, offset)
  }
  await producer.close()
  const messages = await read(topic, all.length)
  // Each sample has a time of its own.
  sameRecords(
    new Map(all.map(each => [String(each.timestampMs), each])),
    new Map(messages.map(each => [String(each.timestamp), toSample(each)])),
  )
  for (const [partition, lastBase] of ends) checkOrder(messages, partition, lastBase)
}

/** Offsets without gaps, in the order of sending, past the last acknowledged batch; keyed records where they belong. */
function checkOrder(messages: Message[], partition: number, lastBase: bigint): void {
  const own = messages.filter(each => each.partition === partition)
  for (const [i, message] of own.entries()) {
    assert.equal(message.offset, BigInt(i))
    if (i > 0) assert.ok(message.timestamp > own[i - 1]!.timestamp, 'order of sending')
    const key = toSample(message).key
    if (key !== null) assert.equal(partition, KEYS.get(key), `partition of ${key}`)
  }
  assert.ok(own.length > Number(lastBase), 'the last acknowledged batch was read')
}

function toMessage(topic: string, sample: Sample): MessageToProduce<Bytes, Bytes, Buffer, Bytes> {
  return {
    topic,
    key: bytes(sample.key),
    value: bytes(sample.value),
    timestamp: BigInt(sample.timestampMs),
    // A map of byte strings keeps repeated names apart.
    headers: new Map(sample.headers.map(([name, value]) => [Buffer.from(name), bytes(value)])),
  }
}

function toSample(message: Message): Sample {
  return {
    key: text(message.key),
    value: text(message.value),
    headers: message.headerEntries.map(([name, value]) => [String(name), text(value)] as const),
    timestampMs: Number(message.timestamp),
  }
}

function bytes(value: string | null): Buffer | null {
  return value === null ? null : Buffer.from(value)
}

/** The client hands on a null of the wire as null or undefined. */
function text(value: Buffer | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

async function acknowledged(options: { acks: number; idempotent?: boolean }): Promise<void> {
  const topic = await newTopic(1)
  const count = quick ? 200 : 2000
  await withProducer(async producer => {
    for (let i = 0; i < count; i += 20) {
      const messages = Array.from({ length: 20 }, (_, j) => ({ topic, partition: 0, value: `v-${i + j}` }))
      const placed = await producer.send({ messages, ...options })
      if (options.acks !== ProduceAcks.NO_RESPONSE) assert.equal(placed.offsets?.[0]?.offset, BigInt(i))
    }
  })
  const messages = await read(topic, count)
  for (const [i, { value }] of messages.entries()) assert.equal(String(value), `v-${i}`)
}
