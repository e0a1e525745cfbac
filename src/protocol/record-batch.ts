/**
 * The header of a record batch, format v2 (magic 2): where it ends, what it says, whether its CRC holds, and the
 * few fields a broker may change in place. Kafka: DefaultRecordBatch, ByteBufferLogInputStream.
 * Must not look at the records behind the header; records.ts does. Pure.
 */
import { crc32c } from './crc32c.ts'
import { readInt64, writeInt64 } from './int64.ts'

/** Bytes before the records of a v2 batch. */
export const batchHeaderBytes = 61
/** Bytes of base offset and length, which `length` itself does not count. All magic values have them. */
export const logOverheadBytes = 12
/** Bytes from which the size and the magic of a batch can be told. */
export const peekBytes = 17
/** Smallest `length` of any magic: the overhead of a magic 0 record. */
const minLength = 14
/** The magic of the only format that is stored. */
export const currentMagic = 2

export const batchPositions = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
} as const

export const attributeBits = {
  codec: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
} as const

/** Names of the codecs, by their id in the attributes. */
export const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Codec = (typeof codecs)[number]
export type TimestampType = 'CreateTime' | 'LogAppendTime'

/** int64 fields beyond 2^53-1 are plus or minus 2^53, see int64.ts. */
export interface BatchHeader {
  readonly baseOffset: number
  /** Of the whole batch, the 12 bytes before the end of its length field included. */
  readonly sizeInBytes: number
  readonly leaderEpoch: number
  readonly magic: number
  /** As stored; `batchCrcIsValid` compares it. */
  readonly crc: number
  /** The 16 bits as they are, unsigned. Kafka looks at the low eight only. */
  readonly attributes: number
  /** undefined: ids 5 to 7, which nobody has defined. */
  readonly codec: Codec | undefined
  readonly timestampType: TimestampType
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly hasDeleteHorizon: boolean
  readonly lastOffsetDelta: number
  readonly lastOffset: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  /** -1: none. */
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  /** Of the last record; -1 where the batch has no sequence. */
  readonly lastSequence: number
  readonly recordCount: number
}

/** Bytes that cannot be a batch, or whose checksum is wrong (Kafka: CorruptRecordException). */
export class CorruptBatchError extends Error {
  override readonly name = 'CorruptBatchError'
}

/**
 * Size in bytes of the batch that starts at `position`, of any magic (0, 1, 2).
 * @returns undefined when there are too few bytes to tell. The batch itself may still be cut: compare.
 * @throws CorruptBatchError for a length or a magic that no batch has
 */
export function peekBatchSize(buffer: Buffer, position: number): number | undefined {
  const available = buffer.length - position
  if (available < logOverheadBytes) return undefined
  const length = buffer.readInt32BE(position + batchPositions.length)
  if (length < minLength) {
    throw new CorruptBatchError(`Record size ${length} is less than the minimum record overhead (14)`)
  }
  if (available < peekBytes) return undefined
  const magic = buffer.readInt8(position + batchPositions.magic)
  if (magic < 0 || magic > currentMagic) {
    throw new CorruptBatchError(`Invalid magic found in record: ${magic}`)
  }
  const size = length + logOverheadBytes
  // Java's int overflows here and its reader fails; no buffer holds such a batch.
  if (size > 0x7fffffff) throw new CorruptBatchError(`Record size ${length} is too large`)
  return size
}

/**
 * Reads a v2 header. The caller has seen that magic is 2 and that 61 bytes are there; nothing here is checked.
 */
export function readBatchHeader(buffer: Buffer, position: number): BatchHeader {
  const attributes = buffer.readUInt16BE(position + batchPositions.attributes)
  const baseOffset = readInt64(buffer, position)
  const lastOffsetDelta = buffer.readInt32BE(position + batchPositions.lastOffsetDelta)
  const baseSequence = buffer.readInt32BE(position + batchPositions.baseSequence)
  return {
    baseOffset,
    sizeInBytes: buffer.readInt32BE(position + batchPositions.length) + logOverheadBytes,
    leaderEpoch: buffer.readInt32BE(position + batchPositions.leaderEpoch),
    magic: buffer.readInt8(position + batchPositions.magic),
    crc: buffer.readUInt32BE(position + batchPositions.crc),
    attributes,
    codec: codecs[attributes & attributeBits.codec],
    timestampType: attributes & attributeBits.logAppendTime ? 'LogAppendTime' : 'CreateTime',
    isTransactional: (attributes & attributeBits.transactional) !== 0,
    isControl: (attributes & attributeBits.control) !== 0,
    hasDeleteHorizon: (attributes & attributeBits.deleteHorizon) !== 0,
    lastOffsetDelta,
    lastOffset: baseOffset + lastOffsetDelta,
    baseTimestamp: readInt64(buffer, position + batchPositions.baseTimestamp),
    maxTimestamp: readInt64(buffer, position + batchPositions.maxTimestamp),
    producerId: readInt64(buffer, position + batchPositions.producerId),
    producerEpoch: buffer.readInt16BE(position + batchPositions.producerEpoch),
    baseSequence,
    lastSequence: baseSequence === -1 ? -1 : incrementSequence(baseSequence, lastOffsetDelta),
    recordCount: buffer.readInt32BE(position + batchPositions.recordCount),
  }
}

/** The CRC-32C of a whole v2 batch in memory: everything from the attributes on. */
export function computeBatchCrc(buffer: Buffer, position: number, sizeInBytes: number): number {
  return crc32c(buffer.subarray(position + batchPositions.attributes, position + sizeInBytes))
}

/** False also for a batch that is too short to have a header. The batch must be whole in `buffer`. */
export function batchCrcIsValid(buffer: Buffer, position: number, sizeInBytes: number): boolean {
  return (
    sizeInBytes >= batchHeaderBytes &&
    buffer.readUInt32BE(position + batchPositions.crc) === computeBatchCrc(buffer, position, sizeInBytes)
  )
}

/** Not covered by the CRC. @param baseOffset a safe integer */
export function patchBaseOffset(buffer: Buffer, position: number, baseOffset: number): void {
  writeInt64(buffer, position, baseOffset)
}

/** Not covered by the CRC. */
export function patchLeaderEpoch(buffer: Buffer, position: number, leaderEpoch: number): void {
  buffer.writeInt32BE(leaderEpoch, position + batchPositions.leaderEpoch)
}

/**
 * Sets type and largest timestamp and computes the CRC anew, unless both are so already: then no byte changes.
 * Like Kafka's setMaxTimestamp it clears the attribute bits that have no meaning.
 * @param maxTimestamp milliseconds; a value that was clamped on reading counts as equal to what it was read from
 */
export function patchMaxTimestamp(
  buffer: Buffer,
  position: number,
  timestampType: TimestampType,
  maxTimestamp: number,
): void {
  const attributes = buffer.readUInt16BE(position + batchPositions.attributes)
  const isLogAppendTime = timestampType === 'LogAppendTime'
  const wasLogAppendTime = (attributes & attributeBits.logAppendTime) !== 0
  const current = readInt64(buffer, position + batchPositions.maxTimestamp)
  if (wasLogAppendTime === isLogAppendTime && current === maxTimestamp) return
  const kept =
    attributes &
    (attributeBits.codec | attributeBits.transactional | attributeBits.control | attributeBits.deleteHorizon)
  buffer.writeUInt16BE(
    isLogAppendTime ? kept | attributeBits.logAppendTime : kept,
    position + batchPositions.attributes,
  )
  if (current !== maxTimestamp) writeInt64(buffer, position + batchPositions.maxTimestamp, maxTimestamp)
  const sizeInBytes = buffer.readInt32BE(position + batchPositions.length) + logOverheadBytes
  buffer.writeUInt32BE(computeBatchCrc(buffer, position, sizeInBytes), position + batchPositions.crc)
}

const maxInt32 = 0x7fffffff

/** Sequence numbers go from 2^31-1 back to 0. Int32 arithmetic like Java's, also for nonsense. */
export function incrementSequence(sequence: number, increment: number): number {
  if (sequence > ((maxInt32 - increment) | 0)) return (increment - (maxInt32 - sequence) - 1) | 0
  return (sequence + increment) | 0
}

/** The inverse of `incrementSequence`. */
export function decrementSequence(sequence: number, decrement: number): number {
  if (sequence < decrement) return (maxInt32 - (decrement - sequence) + 1) | 0
  return (sequence - decrement) | 0
}
