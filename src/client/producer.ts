/**
 * Sends records: gathers them into batches by partition, each batch is acknowledged by all in-sync replicas and,
 * because the producer is idempotent, stored once however often it is sent. One batch of a partition is under way at
 * a time, which keeps the order without further rules.
 */
import { assert } from '#base/assert.ts'
import { deferred, type Deferred } from '#base/deferred.ts'
import { encodeBatchBody, encodeRecordInputs } from '#protocol/encode-batch.ts'
import { initProducerId } from '#protocol/messages/init-producer-id.ts'
import { produce } from '#protocol/messages/produce.ts'
import { partitionForKey } from '#protocol/murmur2.ts'
import type { Codec } from '#protocol/record-batch.ts'
import { type RecordInput, sizeOfRecord } from '#protocol/records.ts'
import { ConnectionError, errorOf, KafkaError, throwOnError } from './client-error.ts'
import { type Cluster, defaultPatienceMs } from './cluster.ts'
import { requestTimeoutMs } from './connection.ts'
import { formatPartition, keyOf, type TopicPartition } from './topic-partition-map.ts'

/** A batch that has this many bytes takes no more records. A quarter of the default max.message.bytes. */
const fullBatchBytes = 256 * 1024
/** linger.ms: how long a batch that is not full waits for more. */
const lingerMs = 5
/** `ready` waits while more than this is not acknowledged. buffer.memory of Kafka's clients. */
const maxBufferedBytes = 32 * 1024 * 1024

export interface OutgoingRecord {
  readonly topic: string
  /** undefined: the key decides, or without a key the producer. */
  readonly partition?: number | undefined
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: RecordInput['headers']
  readonly timestampMs: number
}

export interface SentRecord extends TopicPartition {
  /** -1 where the broker does not say: it had the batch from an earlier try. */
  readonly offset: number
}

export interface ProducerOptions {
  readonly codec?: Codec
  readonly autoCreateTopics?: boolean
  /** How long a batch may be tried in all. delivery.timeout.ms */
  readonly deliveryTimeoutMs?: number
}

interface PendingRecord {
  readonly record: OutgoingRecord
  readonly sizeInBytes: number
  readonly sent: Deferred<SentRecord>
}

/** A partition's place in the sequence of an idempotent producer. */
interface Identity {
  readonly producerId: number
  readonly producerEpoch: number
  sequence: number
}

interface Lane extends TopicPartition {
  waiting: PendingRecord[]
  waitingBytes: number
  isSending: boolean
  isLingering: boolean
  identity: Identity | undefined
}

export class Producer {
  readonly #cluster: Cluster
  readonly #codec: Codec
  readonly #autoCreate: boolean
  readonly #deliveryTimeoutMs: number
  readonly #lanes = new Map<string, Lane>()
  readonly #partitionCounts = new Map<string, number>()
  /** The partition that records without a key go to, by topic, until its batch is full or sent. */
  readonly #sticky = new Map<string, number>()
  #identity: Promise<Omit<Identity, 'sequence'>> | undefined
  #bufferedBytes = 0
  #roomWanted: Deferred<void> | undefined

  constructor(cluster: Cluster, options: ProducerOptions = {}) {
    this.#cluster = cluster
    this.#codec = options.codec ?? 'none'
    this.#autoCreate = options.autoCreateTopics ?? false
    this.#deliveryTimeoutMs = options.deliveryTimeoutMs ?? defaultPatienceMs
  }

  /** Resolves when there is room for more records. */
  async ready(): Promise<void> {
    while (this.#bufferedBytes > maxBufferedBytes) {
      this.#roomWanted ??= deferred()
      await this.#roomWanted.promise
    }
  }

  /**
   * Finds the topic, which `send` needs.
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION
   */
  async start(topic: string): Promise<void> {
    const { partitions } = await this.#cluster.topic(topic, { autoCreate: this.#autoCreate })
    this.#partitionCounts.set(topic, partitions.length)
  }

  /**
   * Resolves when the record is stored. Records of a partition are stored in the order of the calls.
   * @param record its topic has been given to `start`
   * @throws KafkaError, ConnectionError
   */
  send(record: OutgoingRecord): Promise<SentRecord> {
    const partitionCount = this.#partitionCounts.get(record.topic)
    assert(partitionCount !== undefined, 'a topic is started before a record is sent to it')
    const partition = record.partition ?? this.#choose(record, partitionCount)
    if (partition >= partitionCount) {
      const where = formatPartition({ topic: record.topic, partition })
      const detail = `the topic has ${partitionCount} ${partitionCount === 1 ? 'partition' : 'partitions'}`
      return Promise.reject(new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', where, detail))
    }
    return this.#enqueue(this.#laneOf({ topic: record.topic, partition }), record)
  }

  #enqueue(lane: Lane, record: OutgoingRecord): Promise<SentRecord> {
    const { key, value, headers = [] } = record
    const sizeInBytes = sizeOfRecord({ timestampDelta: 0, offsetDelta: 0, key, value, headers })
    const sent = deferred<SentRecord>()
    lane.waiting.push({ record, sizeInBytes, sent })
    lane.waitingBytes += sizeInBytes
    this.#bufferedBytes += sizeInBytes
    if (lane.waitingBytes >= fullBatchBytes) {
      // While a batch is under way the full one has to wait: the next records go elsewhere.
      if (this.#sticky.get(lane.topic) === lane.partition) this.#sticky.delete(lane.topic)
      void this.#drain(lane)
    } else if (!lane.isLingering && !lane.isSending) {
      lane.isLingering = true
      this.#cluster.clock.after(lingerMs, () => {
        lane.isLingering = false
        void this.#drain(lane)
      })
    }
    return sent.promise
  }

  #choose({ topic, key }: OutgoingRecord, partitionCount: number): number {
    if (key !== null) return partitionForKey(key, partitionCount)
    let partition = this.#sticky.get(topic)
    if (partition === undefined) {
      partition = this.#cluster.random.below(partitionCount)
      this.#sticky.set(topic, partition)
    }
    return partition
  }

  #laneOf(at: TopicPartition): Lane {
    const key = keyOf(at)
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      const rest = { waitingBytes: 0, isSending: false, isLingering: false, identity: undefined }
      lane = { ...at, waiting: [], ...rest }
      this.#lanes.set(key, lane)
    }
    return lane
  }

  /** Sends what waits, batch after batch. Never rejects: each record's promise tells what became of it. */
  async #drain(lane: Lane): Promise<void> {
    if (lane.isSending) return
    lane.isSending = true
    while (lane.waiting.length > 0) {
      const batch = takeBatch(lane)
      if (this.#sticky.get(lane.topic) === lane.partition) this.#sticky.delete(lane.topic)
      await this.#settle(lane, batch)
      this.#free(batch)
    }
    lane.isSending = false
  }

  async #settle(lane: Lane, batch: readonly PendingRecord[]): Promise<void> {
    const { topic, partition } = lane
    try {
      const baseOffset = await this.#deliver(lane, batch)
      for (const [index, { sent }] of batch.entries()) {
        sent.resolve({ topic, partition, offset: baseOffset < 0 ? -1 : baseOffset + index })
      }
    } catch (error) {
      if (isTooLarge(error) && batch.length > 1) {
        // The topic's max.message.bytes may be less than a batch here, and more than each record.
        const middle = Math.ceil(batch.length / 2)
        await this.#settle(lane, batch.slice(0, middle))
        await this.#settle(lane, batch.slice(middle))
      } else {
        for (const { sent } of batch) sent.reject(error)
      }
    }
  }

  #free(batch: readonly PendingRecord[]): void {
    for (const { sizeInBytes } of batch) this.#bufferedBytes -= sizeInBytes
    if (this.#bufferedBytes > maxBufferedBytes) return
    this.#roomWanted?.resolve()
    this.#roomWanted = undefined
  }

  /** @returns the first record's offset */
  async #deliver(lane: Lane, batch: readonly PendingRecord[]): Promise<number> {
    const records = recordInputs(batch)
    const body = encodeRecordInputs(records)
    let encoded: { readonly identity: Identity; readonly bytes: Buffer } | undefined
    // After a try without an answer nobody knows whether the batch is stored: the sequence must not be used for
    // another one.
    let isInDoubt = false
    try {
      const offset = await this.#cluster.retrying(
        async () => {
          const identity = (lane.identity ??= { ...(await this.#producerId()), sequence: 0 })
          if (encoded?.identity !== identity) {
            encoded = { identity, bytes: this.#encode(batch, records, body, identity) }
          }
          const wasInDoubt = isInDoubt
          isInDoubt = true
          try {
            return await this.#request(lane, encoded.bytes)
          } catch (error) {
            if (!(error instanceof KafkaError)) throw error
            isInDoubt = wasInDoubt || error.isRetriable
            // The broker no longer knows this producer, whose records have expired: begin anew.
            if (error.errorName === 'UNKNOWN_PRODUCER_ID') this.#forgetIdentity(lane)
            throw error
          }
        },
        {
          withinMs: this.#deliveryTimeoutMs,
          onRetry: () => this.#cluster.forgetTopic(lane.topic),
          when: error =>
            error instanceof ConnectionError ||
            (error instanceof KafkaError && (error.isRetriable || error.errorName === 'UNKNOWN_PRODUCER_ID')),
        },
      )
      lane.identity!.sequence = (lane.identity!.sequence + batch.length) % 2 ** 31
      return offset
    } catch (error) {
      if (isInDoubt) this.#forgetIdentity(lane)
      throw error
    }
  }

  #forgetIdentity(lane: Lane): void {
    lane.identity = undefined
    this.#identity = undefined
  }

  #encode(
    batch: readonly PendingRecord[],
    records: readonly RecordInput[],
    body: Buffer,
    { producerId, producerEpoch, sequence }: Identity,
  ): Buffer {
    const timestamps = batch.map(({ record }) => record.timestampMs)
    return encodeBatchBody(
      {
        codec: this.#codec,
        producerId,
        producerEpoch,
        baseSequence: sequence,
        baseTimestamp: timestamps[0]!,
        maxTimestamp: timestamps.reduce((max, timestampMs) => Math.max(max, timestampMs)),
        lastOffsetDelta: records.length - 1,
        recordCount: records.length,
      },
      body,
    )
  }

  async #request({ topic, partition }: Lane, records: Buffer): Promise<number> {
    const { leaderId } = await this.#cluster.leaderOf(topic, partition)
    const { topicId } = await this.#cluster.topic(topic)
    const response = await this.#cluster.call({ nodeId: leaderId }, produce, {
      acks: -1,
      timeoutMs: requestTimeoutMs,
      topicData: [{ name: topic, topicId, partitionData: [{ index: partition, records }] }],
    })
    const answer = response.responses[0]?.partitionResponses[0]
    const where = formatPartition({ topic, partition })
    if (answer === undefined) throw new KafkaError('UNKNOWN_SERVER_ERROR', where, 'no answer for it')
    const error = errorOf(
      answer.errorCode,
      where,
      answer.recordErrors[0]?.batchIndexErrorMessage ?? answer.errorMessage,
    )
    if (error?.errorName === 'DUPLICATE_SEQUENCE_NUMBER') return -1
    if (error !== undefined) throw error
    return answer.baseOffset
  }

  /** One id serves all partitions, until one of them is in doubt. */
  #producerId(): Promise<Omit<Identity, 'sequence'>> {
    this.#identity ??= this.#askProducerId().catch((error: unknown) => {
      this.#identity = undefined
      throw error
    })
    return this.#identity
  }

  async #askProducerId(): Promise<Omit<Identity, 'sequence'>> {
    const response = await this.#cluster.call(
      {},
      initProducerId,
      {
        transactionalId: null,
        transactionTimeoutMs: 0x7fffffff,
      },
      { maxVersion: 5 },
    )
    throwOnError(response.errorCode, 'producer id')
    return { producerId: response.producerId, producerEpoch: response.producerEpoch }
  }
}

function isTooLarge(error: unknown): boolean {
  return (
    error instanceof KafkaError &&
    (error.errorName === 'MESSAGE_TOO_LARGE' || error.errorName === 'RECORD_LIST_TOO_LARGE')
  )
}

function takeBatch(lane: Lane): PendingRecord[] {
  let count = 0
  let bytes = 0
  while (count < lane.waiting.length && (count === 0 || bytes < fullBatchBytes)) {
    bytes += lane.waiting[count++]!.sizeInBytes
  }
  lane.waitingBytes -= bytes
  return lane.waiting.splice(0, count)
}

function recordInputs(batch: readonly PendingRecord[]): RecordInput[] {
  const baseTimestamp = batch[0]!.record.timestampMs
  return batch.map(({ record }, index) => ({
    timestampDelta: record.timestampMs - baseTimestamp,
    offsetDelta: index,
    key: record.key,
    value: record.value,
    headers: record.headers ?? [],
  }))
}
