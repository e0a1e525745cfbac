/**
 * Kafka's .snapshot file (ProducerSnapshot, version 1): the producers of a partition as of an offset, which is the
 * file's name. DumpLogSegments reads it. Pure: bytes in, values out.
 */
import { crc32c } from '#protocol/crc32c.ts'
import { readInt64, writeInt64 } from '#protocol/int64.ts'

const version = 1
/** int16 version, uint32 CRC of all that follows it, int32 number of entries. */
const headerBytes = 10
const crcPosition = 2
const crcStart = 6
const entryBytes = 46

export interface ProducerSnapshotEntry {
  readonly producerId: number
  readonly producerEpoch: number
  /** -1: no batch since the last marker or epoch. */
  readonly lastSequence: number
  /** -1: likewise. */
  readonly lastOffset: number
  /** Offsets of the last batch, less one. */
  readonly offsetDelta: number
  /** Largest timestamp of the last batch, milliseconds. */
  readonly lastTimestampMs: number
  readonly coordinatorEpoch: number
  /** -1: no open transaction. */
  readonly currentTxnFirstOffset: number
}

/** Kafka: CorruptSnapshotException. The file is to be dropped, the log has all that it said. */
export class CorruptSnapshotError extends Error {
  override readonly name = 'CorruptSnapshotError'
}

export function encodeProducerSnapshot(entries: readonly ProducerSnapshotEntry[]): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + entries.length * entryBytes)
  bytes.writeInt16BE(version, 0)
  bytes.writeInt32BE(entries.length, crcStart)
  let at = headerBytes
  for (const entry of entries) {
    writeInt64(bytes, at, entry.producerId)
    bytes.writeInt16BE(entry.producerEpoch, at + 8)
    bytes.writeInt32BE(entry.lastSequence, at + 10)
    writeInt64(bytes, at + 14, entry.lastOffset)
    bytes.writeInt32BE(entry.offsetDelta, at + 22)
    writeInt64(bytes, at + 26, entry.lastTimestampMs)
    bytes.writeInt32BE(entry.coordinatorEpoch, at + 34)
    writeInt64(bytes, at + 38, entry.currentTxnFirstOffset)
    at += entryBytes
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(crcStart)), crcPosition)
  return bytes
}

/** @throws CorruptSnapshotError */
export function decodeProducerSnapshot(bytes: Buffer): ProducerSnapshotEntry[] {
  if (bytes.length < headerBytes) throw new CorruptSnapshotError('Producer snapshot is cut')
  if (bytes.readInt16BE(0) !== version) {
    throw new CorruptSnapshotError(`Producer snapshot has unknown version ${bytes.readInt16BE(0)}`)
  }
  if (bytes.readUInt32BE(crcPosition) !== crc32c(bytes.subarray(crcStart))) {
    throw new CorruptSnapshotError('Producer snapshot has a wrong CRC')
  }
  const count = bytes.readInt32BE(crcStart)
  if (bytes.length !== headerBytes + count * entryBytes) {
    throw new CorruptSnapshotError(`Producer snapshot of ${bytes.length} bytes says it has ${count} entries`)
  }
  return readSnapshotEntries(bytes)
}

/** The entries that are whole, whatever version, checksum and count say: for looking at a damaged file. */
export function readSnapshotEntries(bytes: Buffer): ProducerSnapshotEntry[] {
  const count = Math.max(0, Math.floor((bytes.length - headerBytes) / entryBytes))
  return Array.from({ length: count }, (_, index) => {
    const at = headerBytes + index * entryBytes
    return {
      producerId: readInt64(bytes, at),
      producerEpoch: bytes.readInt16BE(at + 8),
      lastSequence: bytes.readInt32BE(at + 10),
      lastOffset: readInt64(bytes, at + 14),
      offsetDelta: bytes.readInt32BE(at + 22),
      lastTimestampMs: readInt64(bytes, at + 26),
      coordinatorEpoch: bytes.readInt32BE(at + 34),
      currentTxnFirstOffset: readInt64(bytes, at + 38),
    }
  })
}
