/**
 * The records of a stored batch as they are shown to people: int64 fields exactly, control records by what they say,
 * and of a damaged body what can be read. Pure.
 */
import { decompress } from '#protocol/compression.ts'
import { controlRecordTypes, decodeControlRecordKey, decodeEndTxnMarker } from '#protocol/control-records.ts'
import { batchHeaderBytes, batchPositions, type BatchHeader } from '#protocol/record-batch.ts'
import { RecordCursor, type RecordHeader } from '#protocol/records.ts'

/** An int64: a bigint where a number would not be exact. */
export type Int64 = number | bigint

export interface DumpedRecord {
  readonly offset: Int64
  readonly timestampMs: Int64
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
  /** Of a control record: its type and, for the end of a transaction, the epoch of the coordinator. */
  readonly control?: string
}

export interface DumpedRecords {
  readonly records: readonly DumpedRecord[]
  /** Why there are no more of them. */
  readonly problem: string | undefined
}

export function exactInt64(bytes: Buffer, position: number): Int64 {
  return narrow(bytes.readBigInt64BE(position))
}

/** What a batch may unpack to; more than any broker with default limits takes. */
const maxUnpackedBytes = 512 * 1024 * 1024

/** @param batch the whole batch */
export function dumpRecords(batch: Buffer, header: BatchHeader): DumpedRecords {
  const records: DumpedRecord[] = []
  try {
    if (header.codec === undefined) throw new Error('its codec is unknown')
    const body = decompress(header.codec, batch.subarray(batchHeaderBytes), maxUnpackedBytes)
    const cursor = new RecordCursor(body)
    while (records.length < header.recordCount) {
      cursor.next()
      records.push(dumpRecord(batch, header, cursor))
    }
    if (cursor.hasRemaining) throw new Error('bytes follow its last record')
  } catch (error) {
    return { records, problem: error instanceof Error ? error.message : String(error) }
  }
  return { records, problem: undefined }
}

function dumpRecord(batch: Buffer, header: BatchHeader, cursor: RecordCursor): DumpedRecord {
  const baseTimestamp = batch.readBigInt64BE(batchPositions.baseTimestamp)
  const isStamped = header.timestampType === 'LogAppendTime'
  const timestampMs = isStamped
    ? batch.readBigInt64BE(batchPositions.maxTimestamp)
    : BigInt.asIntN(64, baseTimestamp + (cursor.wideTimestampDelta ?? BigInt(cursor.timestampDelta)))
  return {
    offset: narrow(batch.readBigInt64BE(batchPositions.baseOffset) + BigInt(cursor.offsetDelta)),
    timestampMs: narrow(timestampMs),
    key: cursor.key(),
    value: cursor.value(),
    headers: cursor.headers(),
    ...(header.isControl ? { control: describeControl(cursor.key(), cursor.value()) } : {}),
  }
}

function describeControl(key: Buffer | null, value: Buffer | null): string {
  const type = decodeControlRecordKey(key)
  if (type === undefined) return `unknown, not one of ${controlRecordTypes.join(' ')}`
  if (type !== 'COMMIT' && type !== 'ABORT') return type
  return `${type} (coordinator epoch ${decodeEndTxnMarker(value)})`
}

function narrow(value: bigint): Int64 {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
