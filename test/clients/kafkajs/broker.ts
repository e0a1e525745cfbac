// The broker under test as kafkajs sees it: clients, topics of a check's own, and reading all of a topic.

import kafkajs from 'kafkajs'
import type { Consumer, KafkaMessage, Message, Producer, ProducerConfig } from 'kafkajs'
import { bootstrap, eventually } from '../shared/checks.ts'
import { isOwnName, uniqueName } from '../shared/samples.ts'

export const kafka = new kafkajs.Kafka({
  brokers: [bootstrap],
  logLevel: kafkajs.logLevel.NOTHING,
  requestTimeout: 10_000,
  retry: { retries: 5, initialRetryTime: 50 },
})

export const admin = kafka.admin()

/** Creates a topic that no other check uses; returns its name. */
export async function newTopic(partitions: number, configs: Record<string, string> = {}): Promise<string> {
  const topic = uniqueName('topic')
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }))
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] })
  // A broker may answer before each partition takes records, and what is sent without acknowledgement is lost till then.
  await eventually('the topic is ready', async () => {
    const offsets = await admin.fetchTopicOffsets(topic).catch(() => [])
    return offsets.length === partitions
  })
  return topic
}

/** Deletes the topics of this run. */
export async function removeTopics(): Promise<void> {
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter(isOwnName) })
}

/** Runs `use` with a connected producer. */
export async function withProducer<T>(
  config: ProducerConfig,
  use: (producer: Producer) => Promise<T>,
): Promise<T> {
  const producer = kafka.producer(config)
  await producer.connect()
  try {
    return await use(producer)
  } finally {
    await producer.disconnect()
  }
}

/** `count` records `prefix-0 ...` over the partitions in turn. */
export async function produce(
  topic: string,
  partitions: number,
  prefix: string,
  count: number,
): Promise<void> {
  const messages: Message[] = Array.from({ length: count }, (_, i) => ({
    value: `${prefix}-${i}`,
    partition: i % partitions,
  }))
  await withProducer({}, producer => producer.send({ topic, messages }))
}

/** A record with the place it was read from. */
export interface ReadRecord {
  readonly partition: number
  readonly message: KafkaMessage
}

/**
 * Reads by a group of its own until there are `count` records. `start` is called once the reader runs: kafkajs takes a seek
 * only then.
 */
export async function read(
  topic: string,
  count: number,
  start?: (consumer: Consumer) => void,
): Promise<ReadRecord[]> {
  const records: ReadRecord[] = []
  const consumer = kafka.consumer({
    groupId: uniqueName('reader'),
    maxWaitTimeInMs: 50,
    heartbeatInterval: 200,
  })
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ partition, message }) => void records.push({ partition, message }),
    })
    start?.(consumer)
    await eventually(`${count} records`, () => records.length >= count)
  } finally {
    await consumer.disconnect()
  }
  return records
}
