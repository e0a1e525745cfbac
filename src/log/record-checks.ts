/**
 * The rules for each record of a produced batch: keys, timestamps, order. Kafka: LogValidator.validateRecord. Pure.
 * Knows nothing of headers and codecs: append-rules.ts and deep-validation.ts bring the records here.
 */
import { maxRecordErrors } from '#base/limits.ts'
import { clampInt64, int64Clamp } from '#protocol/int64.ts'
import { batchPositions, type BatchHeader, type Codec, type TimestampType } from '#protocol/record-batch.ts'
import { InvalidRecordError, minRecordBytes, type RecordCursor } from '#protocol/records.ts'

/** What the rules depend on, as plain values: they go to a worker. */
export interface RecordRules {
  /** As in "orders-3", for messages. */
  readonly topicPartition: string
  readonly nowMs: number
  readonly cleanupCompact: boolean
  readonly messageTimestampType: TimestampType
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  readonly maxMessageBytes: number
  /** The codec the batch is stored with. */
  readonly targetCodec: Codec
  readonly compressionLevel: number | undefined
}

export interface RecordError {
  readonly batchIndex: number
  readonly message: string
}

/** An answer that says no; the names are Kafka's. */
export interface Refusal {
  readonly kind: 'refused'
  readonly error:
    | 'CORRUPT_MESSAGE'
    | 'INVALID_RECORD'
    | 'INVALID_TIMESTAMP'
    | 'KAFKA_STORAGE_ERROR'
    | 'MESSAGE_TOO_LARGE'
    | 'RECORD_LIST_TOO_LARGE'
    | 'REQUEST_TIMED_OUT'
    | 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'
    | 'UNSUPPORTED_COMPRESSION_TYPE'
  readonly message: string
  readonly recordErrors?: readonly RecordError[]
}

export function refuse(error: Refusal['error'], message: string): Refusal {
  return { kind: 'refused', error, message }
}

/** The header's timestamps in 64 bits; looked at only where a number cannot hold the sum. */
export interface ExactTimestamps {
  readonly base: bigint
  readonly max: bigint
}

export function readExactTimestamps(batch: Buffer): ExactTimestamps {
  return {
    get base() {
      return batch.readBigInt64BE(batchPositions.baseTimestamp)
    },
    get max() {
      return batch.readBigInt64BE(batchPositions.maxTimestamp)
    },
  }
}

/** Leaves room for a delta. */
function isExact(timestamp: number): boolean {
  return Math.abs(timestamp) < int64Clamp / 2
}

export interface RecordFindings {
  readonly kind: 'checked'
  /** Of the records, whatever the header says; -1 when none has one. Beyond 2^53 clamped. */
  readonly maxTimestamp: number
  /** Every record has the offset delta that its place gives it. */
  readonly offsetsInOrder: boolean
}

/**
 * Walks all records that the header counts.
 * @param cursor at the first record, and at the end of the body afterwards
 * @param wholeRecords false: as Kafka does in a compressed batch that it keeps, see RecordCursor.skip
 */
export function checkRecords(
  cursor: RecordCursor,
  header: BatchHeader,
  exactTimestamps: ExactTimestamps,
  rules: RecordRules,
  wholeRecords: boolean,
): RecordFindings | Refusal {
  const count = header.recordCount
  if (count * minRecordBytes > cursor.end - cursor.position) {
    return refuse('INVALID_RECORD', 'Incorrect declared batch size, premature EOF reached')
  }
  const errors = new RecordErrors(rules)
  const batchTime = header.timestampType === 'LogAppendTime' ? header.maxTimestamp : undefined
  const headerIsExact = isExact(header.baseTimestamp) && isExact(header.maxTimestamp)
  const checksRange = rules.messageTimestampType === 'CreateTime'
  const earliest = rules.nowMs - rules.timestampBeforeMaxMs
  const latest = rules.nowMs + rules.timestampAfterMaxMs
  let maxTimestamp = -1
  let offsetsInOrder = true
  try {
    for (let index = 0; index < count; index++) {
      if (wholeRecords) cursor.next()
      else cursor.skip()
      if (rules.cleanupCompact && cursor.keySize < 0) {
        errors.addMissingKey(index)
        continue
      }
      let timestamp = batchTime ?? header.baseTimestamp + cursor.timestampDelta
      let isInRange = timestamp >= earliest && timestamp <= latest
      if (!headerIsExact || cursor.wideTimestampDelta !== undefined) {
        const delta = cursor.wideTimestampDelta ?? BigInt(cursor.timestampDelta)
        const exact =
          batchTime === undefined ? BigInt.asIntN(64, exactTimestamps.base + delta) : exactTimestamps.max
        timestamp = clampInt64(exact)
        isInRange = isExactlyInRange(exact, rules)
      }
      if (checksRange && timestamp !== -1) {
        if (!isInRange) {
          errors.addOutOfRange(index, timestamp, cursor.offsetDelta)
          continue
        }
      } else if (batchTime !== undefined) {
        errors.addStampedByClient(index)
        continue
      }
      if (timestamp > maxTimestamp) maxTimestamp = timestamp
      if (cursor.offsetDelta !== index) offsetsInOrder = false
    }
  } catch (error) {
    if (error instanceof InvalidRecordError) return refuse('INVALID_RECORD', error.message)
    throw error
  }
  if (cursor.hasRemaining) {
    return refuse('INVALID_RECORD', 'Incorrect declared batch size, records still remaining in file')
  }
  return errors.refusal() ?? { kind: 'checked', maxTimestamp, offsetsInOrder }
}

/** The same with Java's 64-bit arithmetic, which wraps. */
function isExactlyInRange(timestamp: bigint, rules: RecordRules): boolean {
  const difference = BigInt.asIntN(64, BigInt(rules.nowMs) - timestamp)
  return (
    difference <= widen(rules.timestampBeforeMaxMs) &&
    BigInt.asIntN(64, -difference) <= widen(rules.timestampAfterMaxMs)
  )
}

/** A limit that is not exact as a number stands for "no limit": Long.MAX_VALUE. */
function widen(limitMs: number): bigint {
  return Number.isSafeInteger(limitMs) ? BigInt(limitMs) : 2n ** 63n - 1n
}

/** Collects what is wrong with single records: Kafka checks them all before it refuses. */
class RecordErrors {
  readonly #rules: RecordRules
  readonly #errors: RecordError[] = []
  #count = 0
  #hasInvalidTimestamp = false

  constructor(rules: RecordRules) {
    this.#rules = rules
  }

  addMissingKey(index: number): void {
    const where = this.#rules.topicPartition
    this.#add(index, () => `Compacted topic cannot accept message without key in topic partition ${where}`)
  }

  addOutOfRange(index: number, timestamp: number, offset: number): void {
    this.#hasInvalidTimestamp = true
    const { nowMs, timestampBeforeMaxMs, timestampAfterMaxMs } = this.#rules
    this.#add(
      index,
      () =>
        `Timestamp ${timestamp} of message with offset ${offset} is out of range. The timestamp should be within ` +
        `[${nowMs - timestampBeforeMaxMs}, ${nowMs + timestampAfterMaxMs}]`,
    )
  }

  addStampedByClient(index: number): void {
    this.#hasInvalidTimestamp = true
    this.#add(
      index,
      () => 'Invalid timestamp type in message. Producer should not set timestamp type to LogAppendTime.',
    )
  }

  #add(batchIndex: number, message: () => string): void {
    this.#count++
    if (this.#errors.length < maxRecordErrors) this.#errors.push({ batchIndex, message: message() })
  }

  refusal(): Refusal | undefined {
    if (this.#count === 0) return undefined
    if (this.#hasInvalidTimestamp) {
      return {
        kind: 'refused',
        error: 'INVALID_TIMESTAMP',
        message: 'One or more records have been rejected due to invalid timestamp',
        recordErrors: this.#errors,
      }
    }
    const first = this.#errors.slice(0, 3).map(error => `record ${error.batchIndex}: ${error.message}`)
    return {
      kind: 'refused',
      error: 'INVALID_RECORD',
      message: `One or more records have been rejected due to ${this.#count} record errors in total, and only showing the first three errors at most: ${first.join('; ')}`,
      recordErrors: this.#errors,
    }
  }
}
