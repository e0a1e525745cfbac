// The broker under test as @platformatic/kafka sees it: clients, topics of a check's own, and reading all of a topic.

import { Admin, Consumer, Producer, stringSerializers } from '@platformatic/kafka'
import type { Message } from '@platformatic/kafka'
import { bootstrap, eventually } from '../shared/checks.ts'
import { isOwnName, uniqueName } from '../shared/samples.ts'

/** What all clients here share. */
export const connection = {
  clientId: 'odradek-clients',
  bootstrapBrokers: [bootstrap],
  retries: 5,
  retryDelay: 50,
  timeout: 10_000,
}

export const admin = new Admin(connection)

/** Creates a topic that no other check uses; returns its name once it is ready. */
export async function newTopic(partitions: number, configs: Record<string, string> = {}): Promise<string> {
  const topic = uniqueName('topic')
  const entries = Object.entries(configs).map(([name, value]) => ({ name, value }))
  await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: entries })
  await ready(topic, partitions)
  return topic
}

/**
 * Waits until every partition answers: a broker may answer a creation before, and the client sends a whole batch anew, and so
 * twice, where one partition of it is not there.
 */
export async function ready(topic: string, partitions: number): Promise<void> {
  const latest = Array.from({ length: partitions }, (_, i) => ({ partitionIndex: i, timestamp: -1n }))
  await eventually('all partitions are ready', async () => {
    const listed = await admin.listOffsets({ topics: [{ name: topic, partitions: latest }] }).catch(() => [])
    return listed.length === 1
  })
}

/** Deletes the topics of this run. */
export async function removeTopics(): Promise<void> {
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter(isOwnName) })
}

/** Runs `use` with a producer of strings. */
export async function withProducer<T>(
  use: (producer: Producer<string, string, string, string>) => Promise<T>,
): Promise<T> {
  const producer = new Producer({ ...connection, serializers: stringSerializers, strict: true })
  try {
    return await use(producer)
  } finally {
    await producer.close()
  }
}

/** `count` records `prefix-0 ...` over the partitions in turn. */
export async function produce(
  topic: string,
  partitions: number,
  prefix: string,
  count: number,
): Promise<void> {
  const messages = Array.from({ length: count }, (_, i) => ({
    topic,
    value: `${prefix}-${i}`,
    partition: i % partitions,
  }))
  await withProducer(producer => producer.send({ messages }))
}

/** Where a reader begins: at the start of each partition, at an offset of partition 0, or at its end. */
export type Start = 'earliest' | 'latest' | bigint

/**
 * Reads by a group of its own until there are `count` records. `started` is called once the reader is at its start;
 * `fallback` says what becomes of an offset out of range.
 */
export async function read(
  topic: string,
  count: number,
  options: { from?: Start; started?: () => Promise<void>; fallback?: 'earliest' | 'fail' } = {},
): Promise<Message[]> {
  const from = options.from ?? 'earliest'
  const messages: Message[] = []
  const consumer = new Consumer({
    ...connection,
    groupId: uniqueName('reader'),
    maxWaitTime: 50,
    autocommit: false,
  })
  const start =
    typeof from === 'bigint'
      ? { mode: 'manual' as const, offsets: [{ topic, partition: 0, offset: from }] }
      : { mode: from }
  const stream = await consumer.consume({
    topics: [topic],
    ...start,
    fallbackMode: options.fallback ?? 'fail',
  })
  let failure: Error | undefined
  stream.on('error', error => (failure = error))
  stream.on('data', message => void messages.push(message))
  try {
    await options.started?.()
    await eventually(`${count} records`, () => failure !== undefined || messages.length >= count)
  } finally {
    await stream.close()
    await consumer.close(true)
  }
  if (failure !== undefined) throw failure
  return messages
}
