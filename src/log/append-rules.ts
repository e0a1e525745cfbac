/**
 * Says whether a record set that a client sent may be appended, and readies its bytes. The order of the checks and
 * their answers are those of Kafka 4.3: ProduceRequest.validateRecords, UnifiedLog.analyzeAndValidateRecords,
 * LogValidator; where Kafka lets an unexpected exception through (UNKNOWN_SERVER_ERROR), INVALID_RECORD or
 * CORRUPT_MESSAGE is answered. Pure, but for the validator it is handed. Sequences and epochs: producer-state.ts.
 *
 * Only what Kafka looks at is looked at. An uncompressed batch is walked here (about 0.3 ms for a megabyte of small
 * records); one that must be unpacked goes to the DeepValidator.
 */
import {
  attributeBits,
  batchCrcIsValid,
  batchHeaderBytes,
  batchPositions,
  type BatchHeader,
  type Codec,
  CorruptBatchError,
  currentMagic,
  patchBaseOffset,
  patchLeaderEpoch,
  patchMaxTimestamp,
  peekBatchSize,
  readBatchHeader,
} from '#protocol/record-batch.ts'
import { RecordCursor } from '#protocol/records.ts'
import type { DeepResult } from './deep-validation.ts'
import type { LogConfig } from './log-config.ts'
import { checkRecords, readExactTimestamps, type RecordRules, refuse, type Refusal } from './record-checks.ts'
import type { DeepValidator } from './validation-pool.ts'

export interface AppendRules {
  /** As in "orders-3", for messages. */
  readonly topicPartition: string
  readonly config: LogConfig
  /** What the records are stamped with, where the topic stamps them, and what their own time is compared with. */
  readonly nowMs: number
  /** The request named a transactional id. */
  readonly transactional: boolean
}

/** A batch that may be appended. Offset and leader epoch are still to be set: `stampBatch`. */
export interface AcceptedBatch {
  readonly kind: 'accepted'
  /** Exactly one batch; the client's own bytes, or new ones where the topic has another codec. */
  readonly records: Buffer
  /** As `records` has it now: timestamps are final, baseOffset is 0. */
  readonly header: BatchHeader
  /** -1 unless the topic stamps records itself. */
  readonly logAppendTimeMs: number
}

export type AppendVerdict = AcceptedBatch | Refusal

/**
 * Checks a record set. The bytes may be changed in place, also where the answer is no.
 * Answers in place of a promise where nothing has to be unpacked elsewhere; whoever waits for one must hold back
 * later batches of the same partition.
 */
export function checkAppend(
  records: Buffer,
  rules: AppendRules,
  validator: DeepValidator,
): AppendVerdict | Promise<AppendVerdict> {
  const batch = findOnlyBatch(records, rules.transactional)
  if (!Buffer.isBuffer(batch)) return batch
  const { config, topicPartition } = rules
  const refusal = checkFraming(batch, rules)
  if (refusal !== undefined) return refusal
  const header = readBatchHeader(batch, 0)
  const { codec } = header
  if (codec === undefined) {
    return refuse('INVALID_RECORD', `Unknown compression type id ${header.attributes & attributeBits.codec}`)
  }
  const headerRefusal = checkHeader(header, topicPartition)
  if (headerRefusal !== undefined) return headerRefusal

  const recordRules: RecordRules = {
    topicPartition,
    nowMs: rules.nowMs,
    cleanupCompact: config.cleanupCompact,
    messageTimestampType: config.messageTimestampType,
    timestampBeforeMaxMs: config.timestampBeforeMaxMs,
    timestampAfterMaxMs: config.timestampAfterMaxMs,
    maxMessageBytes: config.maxMessageBytes,
    targetCodec: targetCodec(config, codec),
    compressionLevel: config.compressionLevel,
  }
  if (codec === 'none' && recordRules.targetCodec === 'none') {
    const cursor = new RecordCursor(batch, batchHeaderBytes)
    const findings = checkRecords(cursor, header, readExactTimestamps(batch), recordRules, true)
    return findings.kind === 'refused' ? findings : accept(batch, findings.maxTimestamp, rules)
  }
  const result = validator.validate({ batch, rules: recordRules })
  const conclude = (found: DeepResult): AppendVerdict =>
    found.kind === 'refused' ? found : accept(found.rebuilt ?? batch, found.maxTimestamp, rules)
  return result instanceof Promise ? result.then(conclude) : conclude(result)
}

/**
 * The first batch of a record set is transactional. Produce asks it of every partition before it looks at any of
 * them (Kafka: RequestUtils.hasTransactionalRecords).
 */
export function hasTransactionalBatch(records: Buffer): boolean {
  return (
    records.length > batchPositions.attributes + 1 &&
    records[batchPositions.magic] === currentMagic &&
    (records[batchPositions.attributes + 1]! & attributeBits.transactional) !== 0
  )
}

/** Produce below version 7 knows no zstd: UNSUPPORTED_COMPRESSION_TYPE. */
export function hasZstdBatch(records: Buffer): boolean {
  return (
    records.length > batchPositions.attributes + 1 &&
    records[batchPositions.magic] === currentMagic &&
    (records[batchPositions.attributes + 1]! & attributeBits.codec) === 4
  )
}

/** The record set's only batch: magic 2, whole, nothing whole behind it. What is cut behind it is dropped. */
function findOnlyBatch(records: Buffer, transactional: boolean): Buffer | Refusal {
  try {
    const size = peekBatchSize(records, 0)
    if (size === undefined || size > records.length) {
      return refuse('INVALID_RECORD', 'A produce request must have at least one record batch per partition')
    }
    if (!transactional && hasTransactionalBatch(records.subarray(0, size))) {
      return refuse(
        'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
        'Transactional records need a request with a transactional id',
      )
    }
    if (records[batchPositions.magic] !== currentMagic) {
      return refuse('INVALID_RECORD', 'Only record batches with magic version 2 are allowed')
    }
    const nextSize = peekBatchSize(records, size)
    if (nextSize !== undefined && nextSize <= records.length - size) {
      return refuse('INVALID_RECORD', 'Exactly one record batch per partition is allowed')
    }
    return records.subarray(0, size)
  } catch (error) {
    if (error instanceof CorruptBatchError) return refuse('CORRUPT_MESSAGE', error.message)
    throw error
  }
}

/** Base offset, size, CRC: all that can be said before any other field of the header is believed. */
function checkFraming(batch: Buffer, rules: AppendRules): Refusal | undefined {
  const where = rules.topicPartition
  if (batch.readInt32BE(0) !== 0 || batch.readInt32BE(4) !== 0) {
    const offset = batch.readBigInt64BE(batchPositions.baseOffset)
    return refuse(
      'INVALID_RECORD',
      `The baseOffset of the record batch in the append to ${where} should be 0, but it is ${offset}`,
    )
  }
  const { maxMessageBytes } = rules.config
  if (batch.length > maxMessageBytes) {
    return refuse(
      'MESSAGE_TOO_LARGE',
      `The record batch size in the append to ${where} is ${batch.length} bytes which exceeds the maximum configured value of ${maxMessageBytes}`,
    )
  }
  if (!batchCrcIsValid(batch, 0, batch.length)) {
    return refuse('CORRUPT_MESSAGE', `Record batch in the append to ${where} is corrupt: wrong CRC or size`)
  }
  return undefined
}

/** Kafka: LogValidator.validateBatch, for what a client sends. */
function checkHeader(header: BatchHeader, topicPartition: string): Refusal | undefined {
  const where = `in topic partition ${topicPartition}`
  const range = `[0, ${header.lastOffsetDelta}]`
  if (header.lastOffsetDelta < 0) {
    return refuse('INVALID_RECORD', `Batch has an invalid offset range: ${range} ${where}`)
  }
  if (header.recordCount <= 0) {
    return refuse('INVALID_RECORD', `Invalid reported count for record batch: ${header.recordCount} ${where}`)
  }
  if (header.recordCount !== header.lastOffsetDelta + 1) {
    return refuse(
      'INVALID_RECORD',
      `Inconsistent batch offset range ${range} and count of records ${header.recordCount} ${where}`,
    )
  }
  if (header.isControl) {
    return refuse('INVALID_RECORD', `Clients are not allowed to write control records ${where}`)
  }
  if (header.producerId >= 0 && header.baseSequence < 0) {
    return refuse(
      'INVALID_RECORD',
      `Invalid sequence number ${header.baseSequence} in record batch with producerId ${header.producerId} ${where}`,
    )
  }
  return undefined
}

function targetCodec(config: LogConfig, codec: Codec): Codec {
  if (config.compressionType === 'producer') return codec
  return config.compressionType === 'uncompressed' ? 'none' : config.compressionType
}

function accept(records: Buffer, maxTimestamp: number, rules: AppendRules): AppendVerdict {
  const { config, nowMs } = rules
  if (records.length > config.segmentBytes) {
    return refuse(
      'RECORD_LIST_TOO_LARGE',
      `Message batch size is ${records.length} bytes in append to partition ${rules.topicPartition}, which exceeds the maximum configured segment size of ${config.segmentBytes}.`,
    )
  }
  const isStamped = config.messageTimestampType === 'LogAppendTime'
  // What the client wrote there is not trusted: the time index is built from it.
  patchMaxTimestamp(records, 0, config.messageTimestampType, isStamped ? nowMs : maxTimestamp)
  return {
    kind: 'accepted',
    records,
    header: readBatchHeader(records, 0),
    logAppendTimeMs: isStamped ? nowMs : -1,
  }
}

/** Gives an accepted batch its place in the log. Neither field is part of the CRC. */
export function stampBatch(batch: AcceptedBatch, baseOffset: number, leaderEpoch: number): void {
  patchBaseOffset(batch.records, 0, baseOffset)
  patchLeaderEpoch(batch.records, 0, leaderEpoch)
}
