/**
 * Walks the record batches of a segment file: by their headers only, or checking every CRC. Knows the format of a
 * batch as record-batch.ts has it, and nothing of offsets in indexes.
 */
import { crc32c } from '#protocol/crc32c.ts'
import type { BatchHeader } from '#protocol/record-batch.ts'
import {
  batchHeaderBytes,
  batchPositions,
  currentMagic,
  logOverheadBytes,
  readBatchHeader,
} from '#protocol/record-batch.ts'

/** What is read from: a file, or the recently written bytes in memory. */
export interface PositionedBytes {
  read(position: number, target: Uint8Array): Promise<number>
}

export interface BatchAt {
  readonly header: BatchHeader
  readonly position: number
}

/** Covers the distance between two index entries with the default settings. */
const headerWindowBytes = 4 * 1024 + batchHeaderBytes
const scanWindowBytes = 1024 * 1024

/**
 * The first batch from `position` on that `accept` takes. Stops quietly at the end or at bytes that are no batch.
 * @param position start of a batch
 * @param end position after the last byte to look at
 */
export async function findBatch(
  source: PositionedBytes,
  position: number,
  end: number,
  accept: (header: BatchHeader, position: number) => boolean,
): Promise<BatchAt | undefined> {
  const window = Buffer.allocUnsafe(Math.min(headerWindowBytes, Math.max(0, end - position)))
  let at = position
  while (at + batchHeaderBytes <= end) {
    const readBytes = await source.read(at, window.subarray(0, Math.min(window.length, end - at)))
    if (readBytes < batchHeaderBytes) return undefined
    const found = findBatchIn(window.subarray(0, readBytes), at, accept)
    if (found.batch !== undefined) return found.batch
    if (found.nextPosition === at) return undefined
    at = found.nextPosition
  }
  return undefined
}

/** The same over bytes in memory, of which the first is at `position` in the file. */
export function findBatchIn(
  bytes: Buffer,
  position: number,
  accept: (header: BatchHeader, position: number) => boolean,
): { readonly batch: BatchAt | undefined; readonly nextPosition: number } {
  let within = 0
  while (within + batchHeaderBytes <= bytes.length) {
    const size = bytes.readInt32BE(within + batchPositions.length) + logOverheadBytes
    if (size < batchHeaderBytes || bytes[within + batchPositions.magic] !== currentMagic) break
    const header = readBatchHeader(bytes, within)
    if (accept(header, position + within))
      return { batch: { header, position: position + within }, nextPosition: position + within }
    within += size
  }
  return { batch: undefined, nextPosition: position + within }
}

export interface ScanOptions {
  /** Start of a batch. */
  readonly position: number
  /** Size of the file. */
  readonly end: number
  readonly checkCrc: boolean
  /** Smallest base offset of the first batch. */
  readonly minOffset: number
  /**
   * Takes each good batch in turn. `body` has the whole batch, or is undefined where it is larger than the window;
   * it is valid during the call only.
   */
  visit(header: BatchHeader, position: number, body: Buffer | undefined): void
}

export interface ScanResult {
  /** Position after the last good batch. */
  readonly endPosition: number
  /** Offset after the last good batch; `minOffset` where there was none. */
  readonly nextOffset: number
  readonly batchCount: number
  /** Why the scan ended before the end of the file. */
  readonly fault: string | undefined
}

/** Reads a file once from front to back, with one buffer, whatever the batches claim as their size. */
export async function scanBatches(source: PositionedBytes, options: ScanOptions): Promise<ScanResult> {
  const { end, checkCrc } = options
  const window = Buffer.allocUnsafe(Math.min(scanWindowBytes, Math.max(0, end - options.position)))
  let at = options.position
  let nextOffset = options.minOffset
  let batchCount = 0
  const stop = (fault: string | undefined): ScanResult => ({ endPosition: at, nextOffset, batchCount, fault })
  while (at < end) {
    if (end - at < batchHeaderBytes) return stop('the last batch is cut off')
    const readBytes = await source.read(at, window.subarray(0, Math.min(window.length, end - at)))
    if (readBytes < batchHeaderBytes) return stop('the file is shorter than it was')
    let within = 0
    while (within + batchHeaderBytes <= readBytes) {
      const header = readBatchHeader(window, within)
      const fault = headerFault(header, nextOffset, end - at)
      if (fault !== undefined) return stop(fault)
      const size = header.sizeInBytes
      const isWhole = within + size <= readBytes
      // Not whole, but it would be if the window began with it: read again from here.
      if (!isWhole && within > 0 && size <= window.length) break
      const body = isWhole ? window.subarray(within, within + size) : undefined
      if (checkCrc && !(await crcHolds(source, at, header, body, window))) return stop('a checksum is wrong')
      options.visit(header, at, body)
      batchCount++
      nextOffset = header.lastOffset + 1
      at += size
      within += size
      if (body === undefined) break
    }
  }
  return stop(undefined)
}

function headerFault(header: BatchHeader, minOffset: number, availableBytes: number): string | undefined {
  if (header.sizeInBytes < batchHeaderBytes || header.magic !== currentMagic) return 'no batch header'
  if (header.sizeInBytes > availableBytes) return 'the last batch is cut off'
  if (header.baseOffset < minOffset) return 'offsets go backwards'
  if (header.lastOffsetDelta < 0 || !Number.isSafeInteger(header.lastOffset))
    return 'an offset is out of range'
  return undefined
}

/**
 * Whether the checksum of a batch is right.
 * @param body the whole batch, where it is in memory
 * @param window overwritten where it is not
 */
export async function crcHolds(
  source: PositionedBytes,
  position: number,
  header: BatchHeader,
  body: Buffer | undefined,
  window: Buffer,
): Promise<boolean> {
  if (body !== undefined) return crc32c(body.subarray(batchPositions.attributes)) === header.crc
  let crc = 0
  const end = position + header.sizeInBytes
  for (let at = position + batchPositions.attributes; at < end;) {
    const piece = window.subarray(0, Math.min(window.length, end - at))
    const readBytes = await source.read(at, piece)
    if (readBytes === 0) return false
    crc = crc32c(piece.subarray(0, readBytes), crc)
    at += readBytes
  }
  return crc === header.crc
}
