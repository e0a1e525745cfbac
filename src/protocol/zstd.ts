/**
 * Zstandard frames, one after the other, as zstd-jni reads them for Kafka: the first must be whole, and what follows
 * it must be frames; the last of these is ignored where it is cut before its first byte of output. Node decodes,
 * but has other ideas of what may follow a frame; so the frames are walked here first.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { CompressionError, UnpackedTooLargeError } from './compression-error.ts'
import { unpackingError } from './gzip.ts'

const frameMagic = 0xfd2fb528
/** The low four bits of a skippable frame's magic are free. */
const skippableMagic = 0x184d2a50
const checksumBytes = 4
/** Of a raw block a part may be output; the others need all of their bytes. */
const blockTypes = { raw: 0, runLength: 1 }

/**
 * No byte at all is no frame, and no error.
 * @param maxBytes largest output
 * @throws CompressionError, UnpackedTooLargeError
 */
export function decompressZstd(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length === 0) return bytes
  const frames = wholeFrames(bytes)
  if (frames.length === 1 || readsManyFrames()) {
    const end = frames.reduce((sum, frame) => sum + frame.length, 0)
    return decompressFrames(bytes.subarray(0, end), maxBytes)
  }
  const outputs: Buffer[] = []
  let outputBytes = 0
  for (const frame of frames) {
    if (startsWithMagic(frame, 0, skippableMagic, 0xf0)) continue
    const output = decompressFrames(frame, maxBytes - outputBytes)
    outputBytes += output.length
    outputs.push(output)
  }
  return Buffer.concat(outputs, outputBytes)
}

let knownToReadMany: boolean | undefined

/** Node 24 stops after the first frame, later releases read on. */
function readsManyFrames(): boolean {
  if (knownToReadMany === undefined) {
    const frame = zstdCompressSync('x')
    knownToReadMany = zstdDecompressSync(Buffer.concat([frame, frame])).length === 2
  }
  return knownToReadMany
}

function decompressFrames(frames: Buffer, maxBytes: number): Buffer {
  const chunkSize = Math.min(Math.max(frames.length * 4, 1024), 262_144)
  let output: Buffer
  try {
    // zlib wants at least one byte of room.
    output = zstdDecompressSync(frames, { maxOutputLength: Math.max(maxBytes, 1), chunkSize })
  } catch (error) {
    throw unpackingError(error, maxBytes)
  }
  if (output.length > maxBytes) throw new UnpackedTooLargeError(maxBytes)
  return output
}

/** The frames, without a last one that is cut. */
function wholeFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  let start = 0
  while (start < bytes.length) {
    const end = frameEnd(bytes, start)
    if (end === undefined) break
    frames.push(bytes.subarray(start, end))
    start = end
  }
  if (frames.length === 0) throw new CompressionError('Zstd frame is cut')
  return frames
}

/**
 * Position after the frame that starts at `start`, found by the sizes of its blocks (RFC 8878, section 3.1).
 * @returns undefined when it is cut before it has output
 * @throws CompressionError when it is no frame, or is cut later
 */
function frameEnd(bytes: Buffer, start: number): number | undefined {
  const isSkippable = startsWithMagic(bytes, start, skippableMagic, 0xf0)
  if (!isSkippable && !startsWithMagic(bytes, start, frameMagic, 0xff)) {
    throw new CompressionError('Not a zstd frame')
  }
  if (bytes.length - start < 8) return undefined
  if (isSkippable) {
    const end = start + 8 + bytes.readUInt32LE(start + 4)
    return end > bytes.length ? undefined : end
  }
  const descriptor = bytes[start + 4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3]!
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes + contentSizeBytes
  for (let isLast = false, isFirst = true; !isLast; isFirst = false) {
    if (at + 3 > bytes.length) return cutFrame(isFirst)
    const header = bytes.readUIntLE(at, 3)
    isLast = (header & 1) !== 0
    const type = (header >>> 1) & 3
    const end = at + 3 + (type === blockTypes.runLength ? 1 : header >>> 3)
    if (end > bytes.length) {
      return cutFrame(isFirst && (type !== blockTypes.raw || at + 3 === bytes.length))
    }
    at = end
  }
  if ((descriptor & 0x04) !== 0) at += checksumBytes
  return at > bytes.length ? cutFrame(false) : at
}

function cutFrame(isBeforeOutput: boolean): undefined {
  if (!isBeforeOutput) throw new CompressionError('Zstd frame is cut')
}

/**
 * Also true when fewer than four bytes are there and they fit.
 * @param lowMask bits of the first byte, which is the lowest, that count
 */
function startsWithMagic(bytes: Buffer, start: number, magic: number, lowMask: number): boolean {
  const count = Math.min(4, bytes.length - start)
  for (let index = 0; index < count; index++) {
    const mask = index === 0 ? lowMask : 0xff
    if (((bytes[start + index]! ^ (magic >>> (8 * index))) & mask) !== 0) return false
  }
  return true
}
