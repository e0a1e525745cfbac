/** Record sets as clients send them, and what comes back, in few words. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createTopics } from '#protocol/messages/create-topics.ts'
import { fetch } from '#protocol/messages/fetch.ts'
import { metadata } from '#protocol/messages/metadata.ts'
import { produce } from '#protocol/messages/produce.ts'
import { decompress } from '#protocol/compression.ts'
import { encodeBatch, type BatchFields } from '#protocol/encode-batch.ts'
import { batchHeaderBytes, peekBatchSize, readBatchHeader } from '#protocol/record-batch.ts'
import { decodeRecords } from '#protocol/records.ts'
import type { Input } from '#protocol/schema.ts'
import type { FetchRequest } from '#protocol/messages/fetch.ts'
import type { RawClient } from './raw-client.ts'

export const someTimeMs = 1_700_000_000_000

/** One batch with a record for each value, a millisecond apart. */
export function batchOf(values: readonly string[], fields: BatchFields = {}): Buffer {
  return encodeBatch(
    fields,
    values.map((value, index) => ({
      timestampMs: someTimeMs + index,
      key: null,
      value: Buffer.from(value),
    })),
  )
}

export interface ReadRecord {
  readonly offset: number
  readonly timestampMs: number
  readonly key: string | undefined
  readonly value: string | undefined
}

/** All records of the whole batches in `bytes`; the rest of a cut one is left out. */
export function recordsOf(bytes: Buffer | null): ReadRecord[] {
  if (bytes === null) return []
  return batchesOf(bytes).flatMap(batch => {
    const header = readBatchHeader(batch, 0)
    const body = decompress(header.codec!, batch.subarray(batchHeaderBytes), 1 << 28)
    return decodeRecords(header, body).map(({ offset, timestampMs, key, value }) => ({
      offset,
      timestampMs,
      key: key?.toString(),
      value: value?.toString(),
    }))
  })
}

export function valuesOf(bytes: Buffer | null): (string | undefined)[] {
  return recordsOf(bytes).map(record => record.value)
}

/** The whole batches in `bytes`. */
export function batchesOf(bytes: Buffer): Buffer[] {
  const batches: Buffer[] = []
  for (let at = 0; ;) {
    const size = peekBatchSize(bytes, at)
    if (size === undefined || at + size > bytes.length) return batches
    batches.push(bytes.subarray(at, at + size))
    at += size
  }
}

/** @returns the topic's id */
export async function createTopic(
  client: RawClient,
  name: string,
  { partitions = 1, configs = {} }: { partitions?: number; configs?: Record<string, string> } = {},
): Promise<string> {
  const answer = await client.ask(createTopics, 7, {
    topics: [
      {
        name,
        numPartitions: partitions,
        replicationFactor: 1,
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
    timeoutMs: 30_000,
  })
  const [topic] = answer.topics
  if (topic!.errorCode !== 0) throw new Error(`${name}: error ${topic!.errorCode}, ${topic!.errorMessage}`)
  // In a cluster a topic is known before its partitions are led by anyone.
  if (process.env.TEST_BROKER !== undefined) await sleep(200)
  return topic!.topicId
}

export async function topicIdOf(client: RawClient, name: string): Promise<string> {
  const answer = await client.ask(metadata, 12, { topics: [{ name }] })
  return answer.topics[0]!.topicId
}

/** Produces to one partition, by name, in version 11. @returns what the answer says of it */
export async function produceTo(
  client: RawClient,
  topic: string,
  records: Buffer,
  { partition = 0, acks = -1 }: { partition?: number; acks?: -1 | 1 } = {},
) {
  const answer = await client.ask(produce, 11, produceRequest(topic, records, { partition, acks }))
  return answer.responses[0]!.partitionResponses[0]!
}

export function produceRequest(
  topic: string,
  records: Buffer,
  { partition = 0, acks = -1 }: { partition?: number; acks?: number } = {},
) {
  return {
    acks,
    timeoutMs: 30_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  }
}

type FetchInput = Input<typeof FetchRequest>
type FetchPartition = NonNullable<NonNullable<FetchInput['topics']>[number]['partitions']>[number]

/** A fetch of one partition by name, in version 12 and without a session. @returns what the answer says of it */
export async function fetchFrom(
  client: RawClient,
  topic: string,
  fetchOffset: number,
  { partition = {}, ...request }: Omit<FetchInput, 'topics'> & { partition?: FetchPartition } = {},
) {
  const answer = await client.ask(fetch, 12, fetchRequest(topic, fetchOffset, { partition, ...request }))
  return answer.responses[0]!.partitions[0]!
}

export function fetchRequest(
  topic: string,
  fetchOffset: number,
  { partition = {}, ...request }: Omit<FetchInput, 'topics'> & { partition?: FetchPartition } = {},
): FetchInput {
  return {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 50_000_000,
    ...request,
    topics: [{ topic, partitions: [{ fetchOffset, partitionMaxBytes: 1_048_576, ...partition }] }],
  }
}
