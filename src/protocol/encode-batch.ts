/**
 * Makes v2 batches: for clients, tests, the command line, markers, and batches that change their codec.
 * Kafka: MemoryRecordsBuilder. A broker stores what it was sent and seldom comes here.
 */
import { compress } from './compression.ts'
import { writeInt64 } from './int64.ts'
import {
  attributeBits,
  batchHeaderBytes,
  batchPositions,
  type Codec,
  codecs,
  computeBatchCrc,
  currentMagic,
  logOverheadBytes,
  type TimestampType,
} from './record-batch.ts'
import { type RecordInput, sizeOfRecord, writeRecord } from './records.ts'

/** What a batch is made of, apart from its records. int64 fields may be numbers (safe integers) or bigints. */
export interface BatchFields {
  readonly baseOffset?: number | bigint
  readonly leaderEpoch?: number
  readonly codec?: Codec
  /** See `compress`. */
  readonly compressionLevel?: number | undefined
  readonly timestampType?: TimestampType
  readonly producerId?: number | bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  readonly hasDeleteHorizon?: boolean
}

export interface BatchBodyFields extends BatchFields {
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number | bigint
  readonly maxTimestamp: number | bigint
  readonly recordCount: number
}

export interface BatchRecord {
  /** Milliseconds since the epoch, or -1 for none. */
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: RecordInput['headers']
}

/** A batch of these records with consecutive offsets. */
export function encodeBatch(fields: BatchFields, records: readonly BatchRecord[]): Buffer {
  const baseTimestamp = records[0]?.timestampMs ?? -1
  let maxTimestamp = -1
  const inputs = records.map((record, index): RecordInput => {
    maxTimestamp = Math.max(maxTimestamp, record.timestampMs)
    return {
      timestampDelta: record.timestampMs - baseTimestamp,
      offsetDelta: index,
      key: record.key,
      value: record.value,
      ...(record.headers === undefined ? {} : { headers: record.headers }),
    }
  })
  return encodeBatchBody(
    {
      ...fields,
      baseTimestamp,
      maxTimestamp,
      lastOffsetDelta: records.length - 1,
      recordCount: records.length,
    },
    encodeRecordInputs(inputs),
  )
}

/** The uncompressed body. */
export function encodeRecordInputs(records: readonly RecordInput[]): Buffer {
  let size = 0
  for (const record of records) size += sizeOfRecord(record)
  const body = Buffer.allocUnsafe(size)
  let at = 0
  for (const record of records) at = writeRecord(body, at, record)
  return body
}

/** A batch of an uncompressed body that is already encoded. */
export function encodeBatchBody(fields: BatchBodyFields, body: Buffer): Buffer {
  const codec = fields.codec ?? 'none'
  const packed = compress(codec, body, fields.compressionLevel)
  const batch = Buffer.allocUnsafe(batchHeaderBytes + packed.length)
  packed.copy(batch, batchHeaderBytes)
  writeInt64(batch, batchPositions.baseOffset, fields.baseOffset ?? 0)
  batch.writeInt32BE(batch.length - logOverheadBytes, batchPositions.length)
  batch.writeInt32BE(fields.leaderEpoch ?? -1, batchPositions.leaderEpoch)
  batch[batchPositions.magic] = currentMagic
  batch.writeInt16BE(attributesOf(fields), batchPositions.attributes)
  batch.writeInt32BE(fields.lastOffsetDelta, batchPositions.lastOffsetDelta)
  writeInt64(batch, batchPositions.baseTimestamp, fields.baseTimestamp)
  writeInt64(batch, batchPositions.maxTimestamp, fields.maxTimestamp)
  writeInt64(batch, batchPositions.producerId, fields.producerId ?? -1)
  batch.writeInt16BE(fields.producerEpoch ?? -1, batchPositions.producerEpoch)
  batch.writeInt32BE(fields.baseSequence ?? -1, batchPositions.baseSequence)
  batch.writeInt32BE(fields.recordCount, batchPositions.recordCount)
  batch.writeUInt32BE(computeBatchCrc(batch, 0, batch.length), batchPositions.crc)
  return batch
}

function attributesOf(fields: BatchFields): number {
  let attributes: number = codecs.indexOf(fields.codec ?? 'none')
  if (fields.timestampType === 'LogAppendTime') attributes |= attributeBits.logAppendTime
  if (fields.isTransactional === true) attributes |= attributeBits.transactional
  if (fields.isControl === true) attributes |= attributeBits.control
  if (fields.hasDeleteHorizon === true) attributes |= attributeBits.deleteHorizon
  return attributes
}
