/**
 * The records of one partition, as the rest of the broker sees them. local-log.ts is its form over segment files.
 *
 * Three kinds of failure, never mixed: a refusal is a value with Kafka's error name; a fault of the machine is a
 * thrown StorageError; a bug is an AssertionError.
 */
import type { ErrorName } from '#protocol/error-codes.ts'
import type { LazyBytes } from '#protocol/lazy-bytes.ts'

export interface PartitionLog {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  /** First offset that can be read. */
  readonly logStartOffset: number
  /** Offset after the last record. */
  readonly logEndOffset: number
  /** Consumers see records below this offset. Equal to logEndOffset once the flush policy of all records holds. */
  readonly highWatermark: number
  /** First offset of the first open transaction below the high watermark, else the high watermark. */
  readonly lastStableOffset: number
  readonly leaderEpoch: number
  /** Bytes of all segments. */
  readonly sizeInBytes: number

  /**
   * Appends a record set as a client sent it. Everything that decides order happens before this returns or in this
   * partition's own queue, so calls take effect in the order they were made. The bytes may be patched in place.
   *
   * Resolves when the flush policy of the records holds (or at once after the decision, with `acks` 0).
   * @throws StorageError (as a rejection) when it could not be written or synced; nothing of it stays in the log
   */
  append(records: Buffer, options: AppendOptions): Promise<AppendOutcome>

  /** Reads from `offset` on: positions only, no record byte is read here. */
  read(offset: number, options: ReadOptions): Promise<ReadOutcome>

  /**
   * Calls `listener` each time a read that found too little may find more: the high watermark or the last stable
   * offset moved, or the log was closed or deleted. Returns the function that ends it.
   */
  watch(listener: () => void): () => void

  /** First record with at least this timestamp; undefined when there is none below the limit of `isolation`. */
  offsetForTimestamp(timestampMs: number, isolation: Isolation): Promise<TimestampedOffset | undefined>
  /** The first record that has the largest timestamp; undefined in an empty log. */
  offsetOfMaxTimestamp(): Promise<TimestampedOffset | undefined>
  /** Largest epoch not above `leaderEpoch` and the offset after its last record; epoch -1 when there is none. */
  endOffsetForEpoch(leaderEpoch: number): { readonly leaderEpoch: number; readonly endOffset: number }
  /** Epoch of the batch that holds `offset`, or -1. */
  epochOf(offset: number): number

  /**
   * Moves logStartOffset up (DeleteRecords); `offset` -1 means the high watermark. Durable when it resolves.
   * Refused above the high watermark.
   */
  deleteRecordsBefore(
    offset: number,
  ): Promise<{ readonly error: 'NONE' | 'OFFSET_OUT_OF_RANGE'; readonly logStartOffset: number }>

  /** Producers with state, for DescribeProducers and doctor. */
  activeProducers(): readonly ProducerSummary[]
}

export type Isolation = 'read_uncommitted' | 'read_committed'

export interface AppendOptions {
  readonly acks: -1 | 0 | 1
  /** The request named a transactional id (and the handler has checked it). */
  readonly transactional: boolean
}

export type AppendOutcome =
  | {
      readonly error: 'NONE'
      readonly baseOffset: number
      /** -1 unless the topic stamps records itself. */
      readonly logAppendTimeMs: number
      readonly logStartOffset: number
    }
  | {
      readonly error: Exclude<ErrorName, 'NONE'>
      readonly message?: string
      readonly recordErrors?: readonly { readonly batchIndex: number; readonly message?: string }[]
      readonly logStartOffset: number
    }

export interface ReadOptions {
  readonly maxBytes: number
  /** Return the first batch whole even where it is larger than maxBytes. */
  readonly minOneBatch: boolean
  readonly isolation: Isolation
}

export type ReadOutcome =
  | {
      readonly error: 'NONE'
      /** undefined: nothing to read now. Else release() must be called once. */
      readonly records: LazyBytes | undefined
      readonly abortedTransactions: readonly { readonly producerId: number; readonly firstOffset: number }[]
    }
  | { readonly error: 'OFFSET_OUT_OF_RANGE' }

export interface TimestampedOffset {
  readonly timestampMs: number
  readonly offset: number
  readonly leaderEpoch: number
}

export interface ProducerSummary {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestampMs: number
  readonly coordinatorEpoch: number
  readonly currentTxnStartOffset: number
}
