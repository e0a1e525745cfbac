// What is produced, with every codec and every kind of acknowledgement, is read back equal.

import assert from 'node:assert/strict'
import kafkajs from 'kafkajs'
import type {
  CompressionTypes as Codec,
  ICustomPartitioner,
  IHeaders,
  KafkaMessage,
  Message,
  ProducerConfig,
} from 'kafkajs'
import { check, quick } from '../shared/checks.ts'
import { KEYS, sameRecords, samples } from '../shared/samples.ts'
import type { Sample } from '../shared/samples.ts'
import { newTopic, read, withProducer } from './broker.ts'

const { CompressionTypes, Partitioners } = kafkajs

export async function roundTripChecks(): Promise<void> {
  const codecs = {
    none: CompressionTypes.None,
    gzip: CompressionTypes.GZIP,
    snappy: CompressionTypes.Snappy,
    lz4: CompressionTypes.LZ4,
    zstd: CompressionTypes.ZSTD,
  }
  for (const [name, codec] of Object.entries(codecs))
    await check(`round trip ${name}`, () => roundTrip(codec))
  await check('log append time', appendTime)
  await check('acks 0', () => acknowledged(0, {}))
  await check('acks 1', () => acknowledged(1, {}))
  await check('acks all', () => acknowledged(-1, {}))
  await check('idempotent producer', () => acknowledged(-1, { idempotent: true, maxInFlightRequests: 1 }))
}

async function roundTrip(compression: Codec): Promise<void> {
  const topic = await newTopic(3)
  // kafkajs keeps headers in an object: a null value fails in its encoder, and repeated names are not read back in order.
  const all = samples(quick ? 60 : 600, { nullHeaders: false, repeatedHeaders: false })
  const partitions: number[] = []
  const sent = new Map<string, Sample>()
  await withProducer({ createPartitioner: recordingPartitioner(partitions) }, async producer => {
    for (let start = 0; start < all.length; start += 50) {
      const batch = all.slice(start, start + 50)
      const placed = await producer.send({ topic, messages: batch.map(toMessage), compression })
      const next = new Map<number, number>(placed.map(each => [each.partition, Number(each.baseOffset)]))
      for (const [i, sample] of batch.entries()) {
        const partition = partitions[start + i]!
        if (sample.key !== null) assert.equal(partition, KEYS.get(sample.key), `partition of ${sample.key}`)
        sent.set(`${partition}/${next.get(partition)}`, sample)
        next.set(partition, next.get(partition)! + 1)
      }
    }
  })
  const records = await read(topic, all.length)
  sameRecords(
    sent,
    new Map(records.map(each => [`${each.partition}/${each.message.offset}`, toSample(each.message)])),
  )
}

/** kafkajs' own partitioner, noting what it answered. */
function recordingPartitioner(partitions: number[]): ICustomPartitioner {
  return () => {
    const choose = Partitioners.DefaultPartitioner()
    return args => {
      const partition = choose(args)
      partitions.push(partition)
      return partition
    }
  }
}

function toMessage(sample: Sample): Message {
  const headers: IHeaders = {}
  for (const [name, value] of sample.headers) headers[name] = value ?? ''
  return { key: sample.key, value: sample.value, timestamp: String(sample.timestampMs), headers }
}

function toSample(message: KafkaMessage): Sample {
  return {
    key: message.key === null ? null : String(message.key),
    value: message.value === null ? null : String(message.value),
    headers: Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)] as const),
    timestampMs: Number(message.timestamp),
  }
}

async function appendTime(): Promise<void> {
  const topic = await newTopic(1, { 'message.timestamp.type': 'LogAppendTime' })
  await withProducer({}, producer =>
    producer.send({ topic, messages: [{ value: 'now', timestamp: '1700000000000' }] }),
  )
  const [record] = await read(topic, 1)
  assert.ok(Math.abs(Date.now() - Number(record?.message.timestamp)) < 60_000, "the broker's time")
}

async function acknowledged(acks: number, config: ProducerConfig): Promise<void> {
  const topic = await newTopic(1)
  const count = quick ? 200 : 2000
  await withProducer(config, async producer => {
    for (let i = 0; i < count; i += 20) {
      const messages = Array.from({ length: 20 }, (_, j) => ({ value: `v-${i + j}` }))
      const [placed] = await producer.send({ topic, messages, acks })
      if (acks !== 0) assert.equal(placed?.baseOffset, String(i))
    }
  })
  const records = await read(topic, count)
  for (const [i, { message }] of records.entries()) assert.equal(String(message.value), `v-${i}`)
}
