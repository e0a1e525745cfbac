/**
 * What one partition knows of its producers: epochs, the last five batches of each, open transactions. Decides
 * whether a batch is new, was there before, or is refused. Kafka: ProducerStateManager, ProducerAppendInfo,
 * ProducerStateEntry. Pure; the log calls it in the order of its offsets and keeps its snapshots.
 *
 * As in Kafka 4.3 a producer that is not known may start with any sequence: it may have been forgotten. Nothing is
 * ever answered with UNKNOWN_PRODUCER_ID.
 */
import { maxProducersPerPartition } from '#base/limits.ts'
import { type BatchHeader, decrementSequence } from '#protocol/record-batch.ts'
import type { ProducerSummary } from './partition-log.ts'
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'

/** A client has at most five batches on the way to a partition. */
const retainedBatches = 5
const maxSequence = 2 ** 31 - 1

interface BatchMemory {
  readonly lastSequence: number
  readonly lastOffset: number
  readonly offsetDelta: number
  readonly timestampMs: number
}

interface Producer {
  readonly producerId: number
  producerEpoch: number
  coordinatorEpoch: number
  /** Largest timestamp of its last batch, as the records have it; expiry goes by it. */
  lastTimestampMs: number
  currentTxnFirstOffset: number | undefined
  /** Oldest first, at most five, all of the current epoch. */
  batches: BatchMemory[]
}

/** What the rules need of a batch header. */
export type ProducerBatch = Pick<
  BatchHeader,
  | 'producerId'
  | 'producerEpoch'
  | 'baseSequence'
  | 'lastSequence'
  | 'lastOffsetDelta'
  | 'maxTimestamp'
  | 'isTransactional'
>

export type ProducerVerdict =
  | { readonly kind: 'new' }
  /** It is in the log already, there. */
  | {
      readonly kind: 'duplicate'
      readonly baseOffset: number
      readonly lastOffset: number
      readonly timestampMs: number
    }
  | {
      readonly kind: 'refused'
      readonly error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' | 'INVALID_PRODUCER_EPOCH' | 'INVALID_TXN_STATE'
      readonly message: string
    }

export interface EndMarker {
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly offset: number
  readonly timestampMs: number
}

export interface CompletedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** The marker's. */
  readonly lastOffset: number
}

const isNew = { kind: 'new' } as const

export class ProducerState {
  readonly #producerIdExpirationMs: () => number
  readonly #maxProducers: number
  /** Longest unused first. */
  readonly #producers = new Map<number, Producer>()
  /** First offsets of the open transactions, ascending: they begin in the order of the log. */
  readonly #openTransactions = new Set<number>()
  /** Transactions with a marker that is not below the high watermark yet. */
  #unreplicated: CompletedTransaction[] = []

  /** @param producerIdExpirationMs producer.id.expiration.ms, or how to read it where it can change */
  constructor(
    producerIdExpirationMs: number | (() => number),
    maxProducers: number = maxProducersPerPartition,
  ) {
    this.#producerIdExpirationMs =
      typeof producerIdExpirationMs === 'number' ? () => producerIdExpirationMs : producerIdExpirationMs
    this.#maxProducers = maxProducers
  }

  get size(): number {
    return this.#producers.size
  }

  /** What becomes of a batch from a client. Changes nothing. A batch without a producer id is always new. */
  check(batch: ProducerBatch): ProducerVerdict {
    if (batch.producerId < 0) return isNew
    const producer = this.#producers.get(batch.producerId)
    if (producer === undefined) return checkEpoch(-1, batch) ?? isNew
    const duplicate = findDuplicate(producer, batch)
    if (duplicate !== undefined) {
      return {
        kind: 'duplicate',
        baseOffset: duplicate.lastOffset - duplicate.offsetDelta,
        lastOffset: duplicate.lastOffset,
        timestampMs: duplicate.timestampMs,
      }
    }
    return (
      checkEpoch(producer.producerEpoch, batch) ??
      checkSequence(producer, batch) ??
      checkTransaction(producer, batch) ??
      isNew
    )
  }

  /**
   * Remembers a batch that is in the log from `baseOffset` on. Checks nothing: what is in the log is true, also
   * when it is read again at start.
   */
  apply(batch: ProducerBatch, baseOffset: number): void {
    if (batch.producerId < 0) return
    const producer = this.#touch(batch.producerId)
    setEpoch(producer, batch.producerEpoch)
    if (producer.batches.length === retainedBatches) producer.batches.shift()
    producer.batches.push({
      lastSequence: batch.lastSequence,
      lastOffset: baseOffset + batch.lastOffsetDelta,
      offsetDelta: batch.lastOffsetDelta,
      timestampMs: batch.maxTimestamp,
    })
    producer.lastTimestampMs = batch.maxTimestamp
    if (batch.isTransactional && producer.currentTxnFirstOffset === undefined) {
      producer.currentTxnFirstOffset = baseOffset
      this.#openTransactions.add(baseOffset)
    }
  }

  /** Remembers a COMMIT or ABORT marker that is in the log. @returns the transaction it ended, if one was open */
  applyMarker(marker: EndMarker): CompletedTransaction | undefined {
    const producer = this.#touch(marker.producerId)
    setEpoch(producer, marker.producerEpoch)
    producer.coordinatorEpoch = marker.coordinatorEpoch
    producer.lastTimestampMs = marker.timestampMs
    const firstOffset = producer.currentTxnFirstOffset
    if (firstOffset === undefined) return undefined
    producer.currentTxnFirstOffset = undefined
    this.#openTransactions.delete(firstOffset)
    const completed = { producerId: marker.producerId, firstOffset, lastOffset: marker.offset }
    this.#unreplicated.push(completed)
    return completed
  }

  /**
   * First offset that read_committed must not pass: of the first transaction that is open, or whose marker is not
   * below the high watermark.
   */
  get firstUnstableOffset(): number | undefined {
    let [first = Infinity] = this.#openTransactions
    for (const completed of this.#unreplicated) first = Math.min(first, completed.firstOffset)
    return first === Infinity ? undefined : first
  }

  onHighWatermark(highWatermark: number): void {
    if (this.#unreplicated.length === 0) return
    this.#unreplicated = this.#unreplicated.filter(completed => completed.lastOffset >= highWatermark)
  }

  /** Forgets producers that have written nothing for producer.id.expiration.ms; not those in a transaction. */
  expire(nowMs: number): void {
    for (const producer of this.#producers.values()) {
      if (this.#isExpired(producer.currentTxnFirstOffset, producer.lastTimestampMs, nowMs)) {
        this.#producers.delete(producer.producerId)
      }
    }
  }

  /** Forgets all: the log was cut, and is read again from a snapshot on. */
  clear(): void {
    this.#producers.clear()
    this.#openTransactions.clear()
    this.#unreplicated = []
  }

  /** The content of a .snapshot file. Of the batches it has each producer's last. */
  snapshot(): Buffer {
    return encodeProducerSnapshot(
      Array.from(this.#producers.values(), producer => {
        const last = producer.batches.at(-1)
        return {
          producerId: producer.producerId,
          producerEpoch: producer.producerEpoch,
          lastSequence: last?.lastSequence ?? -1,
          lastOffset: last?.lastOffset ?? -1,
          offsetDelta: last?.offsetDelta ?? 0,
          lastTimestampMs: producer.lastTimestampMs,
          coordinatorEpoch: producer.coordinatorEpoch,
          currentTxnFirstOffset: producer.currentTxnFirstOffset ?? -1,
        }
      }),
    )
  }

  /**
   * Replaces all by what a .snapshot file has, less what has expired.
   * @throws CorruptSnapshotError, with nothing changed
   */
  load(snapshot: Buffer, nowMs: number): void {
    const entries = decodeProducerSnapshot(snapshot)
    this.clear()
    const openTransactions: number[] = []
    for (const entry of entries) {
      const currentTxnFirstOffset = entry.currentTxnFirstOffset < 0 ? undefined : entry.currentTxnFirstOffset
      if (this.#isExpired(currentTxnFirstOffset, entry.lastTimestampMs, nowMs)) continue
      if (currentTxnFirstOffset !== undefined) openTransactions.push(currentTxnFirstOffset)
      const { producerId, producerEpoch, coordinatorEpoch, lastTimestampMs } = entry
      const last: BatchMemory = {
        lastSequence: entry.lastSequence,
        lastOffset: entry.lastOffset,
        offsetDelta: entry.offsetDelta,
        timestampMs: lastTimestampMs,
      }
      const batches = entry.lastOffset < 0 ? [] : [last]
      this.#producers.set(producerId, {
        producerId,
        producerEpoch,
        coordinatorEpoch,
        lastTimestampMs,
        currentTxnFirstOffset,
        batches,
      })
    }
    for (const offset of openTransactions.sort((a, b) => a - b)) this.#openTransactions.add(offset)
  }

  activeProducers(): ProducerSummary[] {
    return Array.from(this.#producers.values(), producer => ({
      producerId: producer.producerId,
      producerEpoch: producer.producerEpoch,
      lastSequence: lastSequenceOf(producer),
      lastTimestampMs: producer.lastTimestampMs,
      coordinatorEpoch: producer.coordinatorEpoch,
      currentTxnStartOffset: producer.currentTxnFirstOffset ?? -1,
    }))
  }

  #isExpired(currentTxnFirstOffset: number | undefined, lastTimestampMs: number, nowMs: number): boolean {
    return currentTxnFirstOffset === undefined && nowMs - lastTimestampMs >= this.#producerIdExpirationMs()
  }

  /** The producer, moved to the end of the order; made where it is not known. */
  #touch(producerId: number): Producer {
    const known = this.#producers.get(producerId)
    if (known !== undefined) this.#producers.delete(producerId)
    else if (this.#producers.size >= this.#maxProducers) this.#evict()
    const producer = known ?? {
      producerId,
      producerEpoch: -1,
      coordinatorEpoch: -1,
      lastTimestampMs: -1,
      currentTxnFirstOffset: undefined,
      batches: [],
    }
    this.#producers.set(producerId, producer)
    return producer
  }

  /** Forgets the longest unused producer that is in no transaction. */
  #evict(): void {
    for (const producer of this.#producers.values()) {
      if (producer.currentTxnFirstOffset !== undefined) continue
      this.#producers.delete(producer.producerId)
      return
    }
  }
}

function setEpoch(producer: Producer, producerEpoch: number): void {
  if (producer.producerEpoch === producerEpoch) return
  producer.producerEpoch = producerEpoch
  producer.batches = []
}

function lastSequenceOf(producer: Producer): number {
  return producer.batches.at(-1)?.lastSequence ?? -1
}

function findDuplicate(producer: Producer, batch: ProducerBatch): BatchMemory | undefined {
  if (batch.producerEpoch !== producer.producerEpoch) return undefined
  return producer.batches.find(
    known =>
      known.lastSequence === batch.lastSequence &&
      decrementSequence(known.lastSequence, known.offsetDelta) === batch.baseSequence,
  )
}

/** @param lastEpoch -1 for a producer that is not known */
function checkEpoch(lastEpoch: number, batch: ProducerBatch): ProducerVerdict | undefined {
  if (batch.producerEpoch >= lastEpoch) return undefined
  return {
    kind: 'refused',
    error: 'INVALID_PRODUCER_EPOCH',
    message: `Epoch of producer ${batch.producerId} is ${batch.producerEpoch}, which is < the last seen epoch ${lastEpoch}`,
  }
}

function checkSequence(producer: Producer, batch: ProducerBatch): ProducerVerdict | undefined {
  const first = batch.baseSequence
  if (producer.producerEpoch === -1) return undefined
  if (batch.producerEpoch !== producer.producerEpoch) {
    if (first === 0) return undefined
    return outOfOrder(
      `Invalid sequence number for new epoch of producer ${batch.producerId}: ${batch.producerEpoch} (request epoch), ${first} (seq. number), ${producer.producerEpoch} (current producer epoch)`,
    )
  }
  const last = lastSequenceOf(producer)
  if (first === last + 1 || (first === 0 && last === maxSequence)) return undefined
  return outOfOrder(
    `Out of order sequence number for producer ${batch.producerId}: ${first} (incoming seq. number), ${last} (current end sequence number)`,
  )
}

function outOfOrder(message: string): ProducerVerdict {
  return { kind: 'refused', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER', message }
}

function checkTransaction(producer: Producer, batch: ProducerBatch): ProducerVerdict | undefined {
  if (producer.currentTxnFirstOffset === undefined || batch.isTransactional) return undefined
  return {
    kind: 'refused',
    error: 'INVALID_TXN_STATE',
    message: `Expected transactional write from producer ${batch.producerId}`,
  }
}
