/**
 * Walks a .log file for people to look at: every batch, and what is no batch, wherever it lies. Where the bytes are
 * damaged it goes on at the next batch whose checksum is right. Reads only; needs nothing but the file.
 */
import { crc32 } from 'node:zlib'
import {
  batchHeaderBytes,
  batchPositions,
  type BatchHeader,
  codecs,
  CorruptBatchError,
  currentMagic,
  logOverheadBytes,
  peekBatchSize,
  readBatchHeader,
} from '#protocol/record-batch.ts'
import { crcHolds, type PositionedBytes } from '#storage/batch-scan.ts'
import { dumpRecords, type DumpedRecords, exactInt64, type Int64 } from './dumped-records.ts'

export interface DumpedBatch {
  readonly kind: 'batch'
  readonly position: number
  readonly sizeInBytes: number
  readonly baseOffset: Int64
  readonly lastOffset: Int64
  readonly recordCount: number
  readonly codec: string
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  readonly baseTimestampMs: Int64
  readonly maxTimestampMs: Int64
  readonly leaderEpoch: number
  readonly producerId: Int64
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly lastSequence: number
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly hasDeleteHorizon: boolean
  readonly crc: number
  readonly crcIsValid: boolean
  /** Where records were asked for, and the checksum is right. */
  readonly content?: DumpedRecords
}

/** A batch of the formats before Kafka 0.11, which are not decoded. */
export interface OldBatch {
  readonly kind: 'oldBatch'
  readonly position: number
  readonly sizeInBytes: number
  readonly magic: number
  readonly baseOffset: Int64
}

/** Bytes that are not as they should be. */
export interface Damage {
  readonly kind: 'damage'
  readonly position: number
  readonly sizeInBytes: number
  readonly problem: string
}

export type LogItem = DumpedBatch | OldBatch | Damage

export interface DumpLogOptions {
  readonly withRecords: boolean
  /** Batches that end before it, or begin after `toOffset`, are left out. */
  readonly fromOffset?: number
  readonly toOffset?: number
}

const windowBytes = 1024 * 1024
/** Records of a larger batch are not decoded: Kafka's limit is 1 MiB unless someone has raised it. */
const maxDecodedBatchBytes = 64 * 1024 * 1024

/** @param sizeInBytes of the file */
export async function* dumpLog(
  source: PositionedBytes,
  sizeInBytes: number,
  options: DumpLogOptions,
): AsyncGenerator<LogItem> {
  const file = new LogFile(source, sizeInBytes)
  let nextOffset: Int64 = -1
  for (let position = 0; position < sizeInBytes;) {
    const found = await file.batchAt(position)
    let end = 'problem' in found ? await file.nextBatch(position + 1) : position + found.sizeInBytes
    if ('problem' in found) yield damage(position, end, found.problem)
    else if (found.header === undefined) yield oldBatch(position, found)
    else if (await file.crcHolds(position, found.header)) {
      yield* soundBatch(file, position, found.header, found.bytes, options)
      if (found.header.baseOffset < nextOffset)
        yield damage(position, end, `it begins before offset ${nextOffset}, at which it should`)
      nextOffset = found.header.lastOffset + 1
    } else {
      yield dumpHeader(position, found.header, found.bytes, false)
      // Its length is not believed: where bytes are lost it may span sound batches, and end where another begins.
      end = await file.nextBatch(position + 1)
      yield damage(position, end, 'the checksum is wrong')
    }
    position = end
  }
}

async function* soundBatch(
  file: LogFile,
  position: number,
  header: BatchHeader,
  bytes: Buffer,
  options: DumpLogOptions,
): AsyncGenerator<LogItem> {
  const { withRecords, fromOffset = -Infinity, toOffset = Infinity } = options
  if (header.lastOffset < fromOffset || header.baseOffset > toOffset) return
  const batch = dumpHeader(position, header, bytes, true)
  if (!withRecords) {
    yield batch
    return
  }
  const content = await file.recordsOf(position, header)
  yield { ...batch, content }
  if (content.problem !== undefined)
    yield damage(position, position + header.sizeInBytes, `its records cannot be read: ${content.problem}`)
}

function oldBatch(position: number, { bytes, sizeInBytes }: FoundBatch): OldBatch {
  const magic = bytes[batchPositions.magic]!
  return { kind: 'oldBatch', position, sizeInBytes, magic, baseOffset: exactInt64(bytes, 0) }
}

function damage(position: number, end: number, problem: string): Damage {
  return { kind: 'damage', position, sizeInBytes: end - position, problem }
}

function dumpHeader(position: number, header: BatchHeader, bytes: Buffer, crcIsValid: boolean): DumpedBatch {
  const baseOffset = exactInt64(bytes, batchPositions.baseOffset)
  return {
    kind: 'batch',
    position,
    sizeInBytes: header.sizeInBytes,
    baseOffset,
    lastOffset:
      typeof baseOffset === 'number'
        ? baseOffset + header.lastOffsetDelta
        : baseOffset + BigInt(header.lastOffsetDelta),
    recordCount: header.recordCount,
    codec: header.codec ?? `codec ${header.attributes & 7}, of which there are ${codecs.length}`,
    timestampType: header.timestampType,
    baseTimestampMs: exactInt64(bytes, batchPositions.baseTimestamp),
    maxTimestampMs: exactInt64(bytes, batchPositions.maxTimestamp),
    leaderEpoch: header.leaderEpoch,
    producerId: exactInt64(bytes, batchPositions.producerId),
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    lastSequence: header.lastSequence,
    isTransactional: header.isTransactional,
    isControl: header.isControl,
    hasDeleteHorizon: header.hasDeleteHorizon,
    crc: header.crc,
    crcIsValid,
  }
}

/** `header` is undefined for the formats before magic 2; `bytes` begin at the batch and hold its header. */
interface FoundBatch {
  readonly header: BatchHeader | undefined
  readonly bytes: Buffer
  readonly sizeInBytes: number
}

class LogFile {
  readonly #source: PositionedBytes
  readonly #sizeInBytes: number
  readonly #window: Buffer
  /** Lent to whoever reads past the window. */
  readonly #spare: Buffer
  #windowStart = 0
  #windowLength = 0

  constructor(source: PositionedBytes, sizeInBytes: number) {
    this.#source = source
    this.#sizeInBytes = sizeInBytes
    this.#window = Buffer.allocUnsafe(Math.min(windowBytes, sizeInBytes))
    this.#spare = Buffer.allocUnsafe(Math.min(windowBytes, sizeInBytes))
  }

  /** A batch that could be one by its header. */
  async batchAt(position: number): Promise<FoundBatch | { readonly problem: string }> {
    const bytes = await this.#view(position, batchHeaderBytes)
    const left = this.#sizeInBytes - position
    try {
      const sizeInBytes = peekBatchSize(bytes, 0)
      if (sizeInBytes === undefined) return { problem: 'too few bytes for a batch' }
      if (sizeInBytes > left)
        return { problem: `a batch of ${sizeInBytes} bytes, of which ${left} are there` }
      if (bytes[batchPositions.magic] !== currentMagic) {
        if (await this.#oldCrcHolds(position, sizeInBytes)) return { header: undefined, bytes, sizeInBytes }
        return { problem: 'no batch' }
      }
      if (sizeInBytes < batchHeaderBytes)
        return { problem: `a batch of ${sizeInBytes} bytes, less than its header` }
      return { header: readBatchHeader(bytes, 0), bytes, sizeInBytes }
    } catch (error) {
      if (error instanceof CorruptBatchError) return { problem: `no batch: ${error.message}` }
      throw error
    }
  }

  /** A batch whose checksum is right. */
  async #isSoundAt(position: number): Promise<boolean> {
    const found = await this.batchAt(position)
    return (
      'header' in found &&
      found.header !== undefined &&
      isPlausible(found.header) &&
      (await this.crcHolds(position, found.header))
    )
  }

  crcHolds(position: number, header: BatchHeader): Promise<boolean> {
    return crcHolds(this.#source, position, header, undefined, this.#spare)
  }

  async recordsOf(position: number, header: BatchHeader): Promise<DumpedRecords> {
    if (header.sizeInBytes > maxDecodedBatchBytes)
      return { records: [], problem: `it is larger than ${maxDecodedBatchBytes} bytes` }
    const batch = Buffer.allocUnsafe(header.sizeInBytes)
    const readBytes = await this.#source.read(position, batch)
    return readBytes < batch.length
      ? { records: [], problem: 'the file is shorter than it was' }
      : dumpRecords(batch, header)
  }

  /** Position of the first sound batch from `position` on; the end of the file where there is none. */
  async nextBatch(position: number): Promise<number> {
    for (let at = position; at + batchHeaderBytes <= this.#sizeInBytes;) {
      const bytes = await this.#view(at, batchHeaderBytes)
      // The magic byte, which stands behind size and epoch, is searched for: most bytes are no 2.
      const magicAt = bytes.indexOf(currentMagic, batchPositions.magic)
      if (magicAt < 0) {
        at += Math.max(1, bytes.length - batchPositions.magic)
        continue
      }
      at += magicAt - batchPositions.magic
      if (await this.#isSoundAt(at)) return at
      at++
    }
    return this.#sizeInBytes
  }

  /** Formats v0 and v1 have another checksum at another place (Kafka: LegacyRecord). */
  async #oldCrcHolds(position: number, sizeInBytes: number): Promise<boolean> {
    if (sizeInBytes > maxDecodedBatchBytes) return false
    const batch = Buffer.allocUnsafe(sizeInBytes)
    await this.#source.read(position, batch)
    return crc32(batch.subarray(batchPositions.magic)) === batch.readUInt32BE(logOverheadBytes)
  }

  /** The bytes from `position` on that are at hand, which are `atLeast` but at the end. Valid until the next call. */
  async #view(position: number, atLeast: number): Promise<Buffer> {
    const wanted = Math.min(atLeast, this.#sizeInBytes - position)
    const within = position - this.#windowStart
    if (within >= 0 && within + wanted <= this.#windowLength)
      return this.#window.subarray(within, this.#windowLength)
    this.#windowStart = position
    this.#windowLength = await this.#source.read(position, this.#window)
    return this.#window.subarray(0, this.#windowLength)
  }
}

/** Fields that are never so in a batch that a broker has stored. */
function isPlausible(header: BatchHeader): boolean {
  return (
    header.baseOffset >= 0 &&
    header.lastOffsetDelta >= 0 &&
    header.recordCount >= 0 &&
    header.attributes < 0x80
  )
}
