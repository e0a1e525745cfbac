/**
 * Record batches: what is read, how much of it, where reading stops and why, and that it is encoded alike.
 */
import { createHash } from 'node:crypto'
import { compress, decompress } from '../../src/protocol/compression.ts'
import { decodeControlRecordKey, decodeEndTxnMarker } from '../../src/protocol/control-records.ts'
import { encodeBatchBody, encodeRecordInputs } from '../../src/protocol/encode-batch.ts'
import { clampInt64 } from '../../src/protocol/int64.ts'
import {
  batchCrcIsValid,
  batchHeaderBytes,
  batchPositions,
  type BatchHeader,
  incrementSequence,
  peekBatchSize,
  readBatchHeader,
} from '../../src/protocol/record-batch.ts'
import {
  decodeRecords,
  InvalidRecordError,
  RecordCursor,
  type RecordInput,
} from '../../src/protocol/records.ts'
import { LegacyBatch } from './message-set.ts'
import { expectSame, type Vector, type VectorCheck } from './tally.ts'

const maxBytes = 1 << 30
/** Longer values are given by size and hash. */
const longestValue = 4096

export const checkRecords: VectorCheck = (vectors, tally) => {
  for (const vector of vectors) tally.run(vector.id, () => checkRecordSet(vector))
}

type Stage = 'batch' | 'crc' | 'records'

interface ReadResult {
  readonly consumed: number
  readonly stage: Stage | undefined
  readonly batches: unknown[]
}

function checkRecordSet(vector: Vector): void {
  const bytes = Buffer.from(vector.b, 'base64')
  const result = readRecordSet(bytes, vector.kind === 'ok' || vector.kind === 'incomplete')
  expectSame('stage', String(result.stage), String(vector.error?.stage))
  expectSame('consumed', String(result.consumed), String(vector.consumed))
  expectSame('batches', JSON.stringify(result.batches), JSON.stringify(vector.batches))
  const kind = result.stage !== undefined ? 'corrupt' : result.consumed < bytes.length ? 'incomplete' : 'ok'
  expectSame('kind', kind, vector.kind === 'odd' ? 'ok' : vector.kind)
}

/** Reads batches as long as they are whole and right. */
function readRecordSet(bytes: Buffer, checkEncoding: boolean): ReadResult {
  const batches: unknown[] = []
  let consumed = 0
  let stage: Stage = 'batch'
  try {
    for (;;) {
      stage = 'batch'
      const size = peekBatchSize(bytes, consumed)
      if (size === undefined || size > bytes.length - consumed) break
      const batch = bytes.subarray(consumed, consumed + size)
      stage = 'crc'
      if (batch.readInt8(batchPositions.magic) < 2) {
        const legacy = new LegacyBatch(batch)
        legacy.checkCrc()
        stage = 'records'
        batches.push(describeLegacy(legacy))
      } else {
        if (!batchCrcIsValid(batch, 0, size)) throw new Error('wrong CRC')
        stage = 'records'
        batches.push(describe(batch, checkEncoding))
      }
      consumed += size
    }
  } catch (error) {
    if (error instanceof MismatchError) throw error
    return { consumed, stage, batches }
  }
  return { consumed, stage: undefined, batches }
}

/** Our own two ways of doing a thing disagree: no property of the bytes. */
class MismatchError extends Error {}

function describeLegacy(batch: LegacyBatch): unknown {
  const records = batch.records()
  return {
    magic: batch.magic,
    size: batch.size,
    baseOffset: String(records[0]!.offset),
    lastOffset: String(batch.lastOffset),
    crc: batch.crc,
    codec: batch.codec,
    timestampType: batch.timestampType,
    maxTimestamp: String(batch.timestamp),
    attributes: batch.attributes,
    records: records.map(record => ({
      offset: String(record.offset),
      timestamp: String(record.timestamp),
      key: base64(record.key),
      ...describeValue(record.value),
    })),
  }
}

function describe(batch: Buffer, checkEncoding: boolean): unknown {
  const header = readBatchHeader(batch, 0)
  const { codec } = header
  if (codec === undefined) throw new InvalidRecordError('unknown codec')
  const packed = batch.subarray(batchHeaderBytes)
  // A batch that says it has no record is not unpacked at all.
  const body = header.recordCount === 0 ? Buffer.alloc(0) : decompress(codec, packed, maxBytes)
  if (header.recordCount < 0) throw new InvalidRecordError('negative count')
  const exact = exactFields(batch)
  const { records, inputs } = readRecords(header, exact, body)
  checkFast(header, exact, body, records)
  if (checkEncoding) checkSameEncoding(batch, header, exact, inputs)
  return {
    magic: header.magic,
    size: header.sizeInBytes,
    baseOffset: String(exact.baseOffset),
    lastOffset: String(exact.baseOffset + BigInt(header.lastOffsetDelta)),
    crc: header.crc,
    codec,
    timestampType: header.timestampType,
    maxTimestamp: String(exact.maxTimestamp),
    attributes: (header.attributes << 16) >> 16,
    leaderEpoch: header.leaderEpoch,
    lastOffsetDelta: header.lastOffsetDelta,
    baseTimestamp: String(exact.baseTimestamp),
    producerId: String(exact.producerId),
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    lastSequence: header.lastSequence,
    transactional: header.isTransactional,
    control: header.isControl,
    ...(header.hasDeleteHorizon ? { deleteHorizonMs: String(exact.baseTimestamp) } : {}),
    count: header.recordCount,
    records,
  }
}

interface ExactFields {
  readonly baseOffset: bigint
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
  readonly producerId: bigint
}

function exactFields(batch: Buffer): ExactFields {
  return {
    baseOffset: batch.readBigInt64BE(batchPositions.baseOffset),
    baseTimestamp: batch.readBigInt64BE(batchPositions.baseTimestamp),
    maxTimestamp: batch.readBigInt64BE(batchPositions.maxTimestamp),
    producerId: batch.readBigInt64BE(batchPositions.producerId),
  }
}

interface DescribedRecord {
  readonly offset: string
  readonly timestamp: string
  readonly [field: string]: unknown
}

function readRecords(header: BatchHeader, exact: ExactFields, body: Buffer) {
  const cursor = new RecordCursor(body)
  const records: DescribedRecord[] = []
  const inputs: RecordInput[] = []
  for (let index = 0; index < header.recordCount; index++) {
    cursor.next()
    const timestampDelta = cursor.wideTimestampDelta ?? BigInt(cursor.timestampDelta)
    const timestamp =
      header.timestampType === 'LogAppendTime'
        ? exact.maxTimestamp
        : BigInt.asIntN(64, exact.baseTimestamp + timestampDelta)
    const headers = cursor.headers()
    records.push({
      offset: String(BigInt.asIntN(64, exact.baseOffset + BigInt(cursor.offsetDelta))),
      timestamp: String(timestamp),
      ...(header.producerId >= 0 && header.baseSequence >= 0
        ? { sequence: incrementSequence(header.baseSequence, cursor.offsetDelta) }
        : {}),
      key: base64(cursor.key()),
      ...describeValue(cursor.value()),
      headers: headers.map(({ key, value }) => [key, base64(value)]),
      ...(header.isControl ? { controlRecord: describeControlRecord(cursor) } : {}),
    })
    const { offsetDelta } = cursor
    inputs.push({ timestampDelta, offsetDelta, key: cursor.key(), value: cursor.value(), headers })
  }
  if (header.recordCount > 0 && cursor.hasRemaining) throw new InvalidRecordError('records remain')
  return { records, inputs }
}

function describeControlRecord(cursor: RecordCursor): unknown {
  const type = decodeControlRecordKey(cursor.key()) ?? 'UNKNOWN'
  if (type !== 'COMMIT' && type !== 'ABORT') return { type }
  return { type, coordinatorEpoch: decodeEndTxnMarker(cursor.value()) }
}

/** What the broker and the clients use, which has numbers for int64, agrees where numbers are exact. */
function checkFast(
  header: BatchHeader,
  exact: ExactFields,
  body: Buffer,
  records: readonly DescribedRecord[],
): void {
  for (const field of ['baseOffset', 'baseTimestamp', 'maxTimestamp', 'producerId'] as const) {
    if (header[field] !== clampInt64(exact[field])) throw new MismatchError(`${field} as a number`)
  }
  decodeRecords(header, body).forEach((record, index) => {
    const expected = records[index]!
    if (Number.isSafeInteger(record.offset) && String(record.offset) !== expected.offset) {
      throw new MismatchError('offset as a number')
    }
    if (Number.isSafeInteger(record.timestampMs) && String(record.timestampMs) !== expected.timestamp) {
      throw new MismatchError('timestamp as a number')
    }
  })
}

function checkSameEncoding(
  batch: Buffer,
  header: BatchHeader,
  exact: ExactFields,
  inputs: readonly RecordInput[],
): void {
  const body = encodeRecordInputs(inputs)
  const codec = header.codec!
  if (codec !== 'none') {
    const again = decompress(codec, compress(codec, body), body.length)
    if (!again.equals(body)) throw new MismatchError('our own compression')
    if (!decompress(codec, batch.subarray(batchHeaderBytes), maxBytes).equals(body)) {
      throw new MismatchError('encoding of the records')
    }
    return
  }
  const encoded = encodeBatchBody({ ...header, ...exact, codec }, body)
  if (!encoded.equals(batch)) throw new MismatchError('encoding of the batch')
}

function base64(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('base64')
}

function describeValue(value: Buffer | null): object {
  if (value === null || value.length <= longestValue) return { value: base64(value) }
  return {
    valueSize: value.length,
    valueSha256: createHash('sha256').update(value).digest('base64'),
  }
}
