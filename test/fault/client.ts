// A client of the tests: one connection of the product's own client, with what the tests ask through it.

import { SystemClock } from '../../src/base/clock.ts'
import { Connection, dialTcp } from '../../src/client/connection.ts'
import { encodeBatch } from '../../src/protocol/encode-batch.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import { createTopics } from '../../src/protocol/messages/create-topics.ts'
import { deleteTopics } from '../../src/protocol/messages/delete-topics.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { fail } from './checks.ts'

/** Names, not topic ids, up to these versions. */
const maxProduce = 12
const maxFetch = 12
const maxDeleteTopics = 5

export type Client = Connection

export function connect(address: string): Promise<Client> {
  const colon = address.lastIndexOf(':')
  const at = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }
  return Connection.open(at, { clock: new SystemClock(), clientId: 'fault', dial: dialTcp })
}

export async function topicNames(address: string): Promise<string[]> {
  const client = await connect(address)
  const { topics } = await client.call(metadata, { topics: null })
  client.close()
  return topics.map(topic => topic.name ?? '').toSorted()
}

export async function createTopic(
  client: Client,
  name: string,
  partitionCount: number,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { topics } = await client.call(createTopics, {
    topics: [
      {
        name,
        numPartitions: partitionCount,
        replicationFactor: 1,
        configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
      },
    ],
    timeoutMs: 30_000,
  })
  const code = topics[0]!.errorCode
  if (code !== 0) fail(`topic ${name} was not created: ${errorName(code)}`)
}

/** The name of the error, NONE where it is deleted. */
export async function deleteTopic(client: Client, name: string): Promise<string> {
  const { responses } = await client.call(
    deleteTopics,
    { topicNames: [name], timeoutMs: 30_000 },
    { maxVersion: maxDeleteTopics },
  )
  return errorName(responses[0]!.errorCode) ?? ''
}

export interface Produced {
  readonly error: string
  readonly offset: number
}

/** Sends one batch of one record. */
export async function produceOne(
  client: Client,
  topic: string,
  partition: number,
  value: Buffer,
): Promise<Produced> {
  const records = encodeBatch({}, [{ timestampMs: Date.now(), key: null, value }])
  return produceBytes(client, topic, partition, records)
}

export async function produceBytes(
  client: Client,
  topic: string,
  partition: number,
  records: Buffer,
): Promise<Produced> {
  const { responses } = await client.call(
    produce,
    {
      acks: -1,
      timeoutMs: 30_000,
      topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
    },
    { maxVersion: maxProduce },
  )
  const answer = responses[0]!.partitionResponses[0]!
  return { error: errorName(answer.errorCode) ?? '', offset: answer.baseOffset }
}

/** The error and the raw batches at an offset. */
export async function fetchBytes(
  client: Client,
  topic: string,
  partition: number,
  fetchOffset: number,
): Promise<{ readonly error: string; readonly records: Buffer; readonly highWatermark: number }> {
  const { responses } = await client.call(
    fetch,
    {
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 8 * 1024 * 1024,
      topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: 8 * 1024 * 1024 }] }],
    },
    { maxVersion: maxFetch },
  )
  const answer = responses[0]!.partitions[0]!
  const { records, highWatermark } = answer
  return { error: errorName(answer.errorCode) ?? '', records: records ?? Buffer.alloc(0), highWatermark }
}
