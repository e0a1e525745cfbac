/**
 * What must be unpacked or packed to be decided: compressed batches, and batches whose topic has another codec.
 * Kafka: LogValidator.validateMessagesAndAssignOffsetsCompressed. Pure and synchronous; it may take long, so
 * validation-pool.ts decides where it runs.
 */
import { maxUnpackedBytes } from '#base/limits.ts'
import { CompressionError, decompress, UnpackedTooLargeError } from '#protocol/compression.ts'
import { encodeBatchBody } from '#protocol/encode-batch.ts'
import {
  batchHeaderBytes,
  batchPositions,
  type BatchHeader,
  readBatchHeader,
} from '#protocol/record-batch.ts'
import { RecordCursor, type RecordInput, sizeOfRecord, writeRecord } from '#protocol/records.ts'
import { checkRecords, readExactTimestamps, type RecordRules, refuse, type Refusal } from './record-checks.ts'

/** Everything can be copied to a worker. */
export interface DeepJob {
  /** One whole batch whose header and CRC have been checked. */
  readonly batch: Buffer
  readonly rules: RecordRules
}

export interface DeepVerdict {
  readonly kind: 'checked'
  readonly maxTimestamp: number
  /** The batch in the topic's codec; undefined: the one that came is kept. */
  readonly rebuilt: Buffer | undefined
}

export type DeepResult = DeepVerdict | Refusal

export function validateDeep(job: DeepJob): DeepResult {
  const maxBytes = maxUnpackedBytes(job.rules.maxMessageBytes)
  return (
    validateWithin(job, maxBytes) ??
    refuse(
      'MESSAGE_TOO_LARGE',
      `The record batch in the append to ${job.rules.topicPartition} unpacks to more than ${maxBytes} bytes`,
    )
  )
}

/**
 * The same, as long as the batch unpacks to at most `maxBytes`.
 * @returns undefined when it is larger; no more than `maxBytes` were made of it
 */
export function validateWithin(job: DeepJob, maxBytes: number): DeepResult | undefined {
  const { batch, rules } = job
  const header = readBatchHeader(batch, 0)
  try {
    const body = decompress(header.codec!, batch.subarray(batchHeaderBytes), maxBytes)
    return validateBody(batch, header, body, rules)
  } catch (error) {
    if (error instanceof UnpackedTooLargeError) return undefined
    if (error instanceof CompressionError) {
      return refuse('INVALID_RECORD', `Failed to decompress record stream: ${error.message}`)
    }
    throw error
  }
}

/** Nothing has to be packed anew. */
export function keepsCodec(job: DeepJob): boolean {
  return readBatchHeader(job.batch, 0).codec === job.rules.targetCodec
}

function validateBody(batch: Buffer, header: BatchHeader, body: Buffer, rules: RecordRules): DeepResult {
  const isKept = header.codec === rules.targetCodec
  const findings = checkRecords(new RecordCursor(body), header, readExactTimestamps(batch), rules, !isKept)
  if (findings.kind === 'refused') return findings
  if (!isKept) return rebuild(batch, header, body, rules, findings.maxTimestamp, findings.offsetsInOrder)
  if (!findings.offsetsInOrder) {
    // Kafka would give them new offsets, and fails over it (UNKNOWN_SERVER_ERROR).
    return refuse('INVALID_RECORD', `Offsets of the records in ${rules.topicPartition} are not consecutive`)
  }
  return { kind: 'checked', maxTimestamp: findings.maxTimestamp, rebuilt: undefined }
}

/** Packs the records anew with the topic's codec (Kafka: buildRecordsAndAssignOffsets). */
function rebuild(
  batch: Buffer,
  header: BatchHeader,
  body: Buffer,
  rules: RecordRules,
  maxTimestamp: number,
  offsetsInOrder: boolean,
): DeepResult {
  const lacksProducer =
    header.producerId === -1 ? header.isTransactional : header.producerEpoch === -1 || header.baseSequence < 0
  if (lacksProducer) {
    return refuse('INVALID_RECORD', 'Record batch without a valid producer id, epoch and sequence')
  }
  const plan = planRecords(batch, header, body)
  if (plan === undefined) return refuse('INVALID_RECORD', 'Invalid negative timestamp')
  if (rules.targetCodec === 'none' && batchHeaderBytes + plan.bodyBytes > rules.maxMessageBytes) {
    return tooLarge(batchHeaderBytes + plan.bodyBytes, rules)
  }
  const isStamped = rules.messageTimestampType === 'LogAppendTime'
  const rebuilt = encodeBatchBody(
    {
      leaderEpoch: header.leaderEpoch,
      codec: rules.targetCodec,
      compressionLevel: rules.compressionLevel,
      timestampType: rules.messageTimestampType,
      producerId: batch.readBigInt64BE(batchPositions.producerId),
      producerEpoch: header.producerEpoch,
      baseSequence: header.baseSequence,
      isTransactional: header.isTransactional,
      lastOffsetDelta: header.recordCount - 1,
      baseTimestamp: plan.baseTimestamp,
      maxTimestamp: isStamped ? rules.nowMs : maxTimestamp,
      recordCount: header.recordCount,
    },
    plan.keepsBody && offsetsInOrder ? body : encodeBody(batch, header, body, plan),
  )
  if (rebuilt.length > rules.maxMessageBytes) return tooLarge(rebuilt.length, rules)
  return { kind: 'checked', maxTimestamp, rebuilt }
}

function tooLarge(sizeInBytes: number, rules: RecordRules): Refusal {
  return refuse(
    'MESSAGE_TOO_LARGE',
    `Message batch size is ${sizeInBytes} bytes in append to partition ${rules.topicPartition} which exceeds the maximum configured size of ${rules.maxMessageBytes}.`,
  )
}

interface BodyPlan {
  readonly baseTimestamp: bigint
  readonly bodyBytes: number
  /** The base timestamp stays, so the records' own bytes can. */
  readonly keepsBody: boolean
}

/** @returns undefined when a record has a negative timestamp other than -1, which Kafka does not write */
function planRecords(batch: Buffer, header: BatchHeader, body: Buffer): BodyPlan | undefined {
  let baseTimestamp = 0n
  let bodyBytes = 0
  let keepsBody = header.timestampType === 'CreateTime'
  const cursor = new RecordCursor(body)
  for (let index = 0; index < header.recordCount; index++) {
    cursor.next()
    const timestamp = recordTimestamp(batch, header, cursor)
    if (timestamp < -1n) return undefined
    if (index === 0) {
      baseTimestamp = timestamp
      keepsBody &&= cursor.timestampDelta === 0
    }
    bodyBytes += sizeOfRecord(recordInput(cursor, index, timestamp - baseTimestamp))
  }
  return { baseTimestamp, bodyBytes, keepsBody }
}

function encodeBody(batch: Buffer, header: BatchHeader, body: Buffer, plan: BodyPlan): Buffer {
  const target = Buffer.allocUnsafe(plan.bodyBytes)
  const cursor = new RecordCursor(body)
  let at = 0
  for (let index = 0; index < header.recordCount; index++) {
    cursor.next()
    const timestampDelta = recordTimestamp(batch, header, cursor) - plan.baseTimestamp
    at = writeRecord(target, at, recordInput(cursor, index, timestampDelta))
  }
  return target
}

function recordTimestamp(batch: Buffer, header: BatchHeader, cursor: RecordCursor): bigint {
  if (header.timestampType === 'LogAppendTime') return batch.readBigInt64BE(batchPositions.maxTimestamp)
  const delta = cursor.wideTimestampDelta ?? BigInt(cursor.timestampDelta)
  return BigInt.asIntN(64, batch.readBigInt64BE(batchPositions.baseTimestamp) + delta)
}

function recordInput(cursor: RecordCursor, index: number, timestampDelta: bigint): RecordInput {
  return {
    timestampDelta: Number.isSafeInteger(Number(timestampDelta)) ? Number(timestampDelta) : timestampDelta,
    offsetDelta: index,
    key: cursor.key(),
    value: cursor.value(),
    headers: cursor.headerCount === 0 ? [] : cursor.headers(),
  }
}
