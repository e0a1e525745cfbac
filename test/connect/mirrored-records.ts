// Records in all the forms that mirroring must keep, and the comparison of what one cluster has with what the other has.

import type { Cluster } from '#client/cluster.ts'
import type { FetchedRecord } from '#client/fetched-records.ts'
import { Producer } from '#client/producer.ts'
import type { OutgoingRecord } from '#client/producer.ts'
import type { Codec } from '#protocol/record-batch.ts'
import { isTrue } from '../fault/checks.ts'
import type { RandomNumbers } from '../fault/random-numbers.ts'
import { readTopic } from './cluster.ts'

export interface Load {
  readonly topic: string
  readonly partitionCount: number
  readonly codec: Codec
  /** Of the records, in each partition. */
  readonly count: number
  /** Compacted topics take no records without. */
  readonly alwaysKeys?: boolean
}

/** Around the year 2023; some records are older than this, some younger, none is in the future. */
const baseTimestampMs = 1_700_000_000_000
const yearMs = 365 * 24 * 3600 * 1000

/** Sends records of every kind to each partition. */
export async function fill(cluster: Cluster, load: Load, random: RandomNumbers): Promise<void> {
  const producer = new Producer(cluster, { codec: load.codec })
  await producer.start(load.topic)
  const sent: Promise<unknown>[] = []
  for (let index = 0; index < load.count; index++)
    for (let partition = 0; partition < load.partitionCount; partition++) {
      await producer.ready()
      sent.push(producer.send(anyRecord(load, partition, index, random)))
    }
  await Promise.all(sent)
}

function anyRecord(
  { topic, alwaysKeys = false }: Load,
  partition: number,
  index: number,
  random: RandomNumbers,
): OutgoingRecord {
  const key = random.pick([null, Buffer.alloc(0), Buffer.from(`clé-${index}`), random.bytes(12)])
  return {
    topic,
    partition,
    key: alwaysKeys ? Buffer.from(`key-${index}`) : key,
    value: random.pick([
      null,
      Buffer.alloc(0),
      Buffer.from(`{"number":${index},"text":"größer"}`),
      Buffer.from('repeated '.repeat(random.between(1, 200))),
      random.bytes(random.between(1, 300)),
      index % 50 === 0 ? random.bytes(40_000) : random.bytes(1),
    ]),
    headers: random.pick([
      [],
      [{ key: 'content-type', value: Buffer.from('text/plain') }],
      [{ key: 'none', value: null }],
      [
        { key: 'empty', value: Buffer.alloc(0) },
        { key: 'twice', value: random.bytes(5) },
        { key: 'twice', value: null },
        { key: 'schlüssel', value: random.bytes(20) },
      ],
    ]),
    timestampMs: random.pick([
      0,
      1,
      baseTimestampMs + index,
      baseTimestampMs - random.between(0, 1e9),
      baseTimestampMs + yearMs,
    ]),
  }
}

interface Side {
  readonly cluster: Cluster
  readonly topic: string
}

/**
 * Both topics have the same records in the same order, in every partition: keys, values, headers and timestamps.
 * @returns the count of records
 */
export async function sameRecords(left: Side, right: Side): Promise<number> {
  const [before, after] = await Promise.all(
    [left, right].map(({ cluster, topic }) => readTopic(cluster, topic)),
  )
  isTrue(
    before!.length === after!.length,
    `${left.topic} has ${before!.length} partitions, ${right.topic} ${after!.length}`,
  )
  for (const [partition, records] of before!.entries()) {
    const others = after![partition]!
    const where = `${right.topic}[${partition}]`
    for (const [index, record] of records.slice(0, others.length).entries()) {
      const [wanted, found] = [inWords(record), inWords(others[index]!)]
      isTrue(
        wanted === found,
        `${where}: record ${index} is\n    ${cut(found)}\n  and not\n    ${cut(wanted)}`,
      )
    }
    isTrue(
      records.length === others.length,
      `${where} has ${others.length} records, and ${records.length} were written`,
    )
  }
  return before!.reduce((sum, { length }) => sum + length, 0)
}

/** All of a record but its offset, as text. */
function inWords({ key, value, headers, timestampMs }: FetchedRecord): string {
  const bytes = (data: Buffer | null): string | null => data?.toString('hex') ?? null
  return JSON.stringify({
    timestampMs,
    key: bytes(key),
    headers: headers.map(header => [header.key, bytes(header.value)]),
    value: bytes(value),
  })
}

function cut(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}...` : text
}
