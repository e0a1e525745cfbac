/**
 * Zstandard frames, one after the other and all of them whole, as zstd-jni reads them for Kafka. Node decodes, but
 * silently takes a last frame that is cut and stops at what is not a frame; so the frames are walked here first.
 */
import { zstdDecompressSync } from 'node:zlib'
import { CompressionError, UnpackedTooLargeError } from './compression-error.ts'
import { unpackingError } from './gzip.ts'

const frameMagic = 0xfd2fb528
/** The low four bits of a skippable frame's magic are free. */
const skippableMagic = 0x184d2a50
const checksumBytes = 4

/**
 * No byte at all is no frame, and no error.
 * @param maxBytes largest output
 * @throws CompressionError, UnpackedTooLargeError
 */
export function decompressZstd(bytes: Buffer, maxBytes: number): Buffer {
  for (let at = 0; at < bytes.length;) at = frameEnd(bytes, at)
  if (bytes.length === 0) return bytes
  const chunkSize = Math.min(Math.max(bytes.length * 4, 1024), 262_144)
  try {
    // zlib wants at least one byte of room.
    const output = zstdDecompressSync(bytes, { maxOutputLength: Math.max(maxBytes, 1), chunkSize })
    if (output.length > maxBytes) throw new UnpackedTooLargeError(maxBytes)
    return output
  } catch (error) {
    throw unpackingError(error, maxBytes)
  }
}

/** Position after the frame that starts at `start`, found by the sizes of its blocks (RFC 8878, section 3.1). */
function frameEnd(bytes: Buffer, start: number): number {
  if (bytes.length - start < 8) throw new CompressionError('Not a zstd frame')
  const magic = bytes.readUInt32LE(start)
  if ((magic & ~0x0f) >>> 0 === skippableMagic) {
    return within(bytes, start + 8 + bytes.readUInt32LE(start + 4))
  }
  if (magic !== frameMagic) throw new CompressionError('Not a zstd frame')
  const descriptor = bytes[start + 4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3]!
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes + contentSizeBytes
  for (let isLast = false; !isLast;) {
    const body = within(bytes, at + 3)
    const header = bytes.readUIntLE(at, 3)
    isLast = (header & 1) !== 0
    const isRunLength = ((header >>> 1) & 3) === 1
    at = within(bytes, body + (isRunLength ? 1 : header >>> 3))
  }
  return (descriptor & 0x04) === 0 ? at : within(bytes, at + checksumBytes)
}

function within(bytes: Buffer, position: number): number {
  if (position > bytes.length) throw new CompressionError('Zstd frame is cut')
  return position
}
