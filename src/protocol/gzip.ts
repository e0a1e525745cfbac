/**
 * Gzip members one after the other, read as Java's GZIPInputStream does. Node's own gunzip is stricter about what
 * follows the last member, and a batch that Kafka takes must be taken here.
 */
import { crc32, inflateRawSync } from 'node:zlib'
import { CompressionError, UnpackedTooLargeError } from './compression-error.ts'

const flags = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10 }
const trailerBytes = 8
/** Java looks for another member only when more than this is left, the trailer included. */
const leftBytesForMember = 26

/**
 * @param maxBytes largest output
 * @throws CompressionError, UnpackedTooLargeError
 */
export function decompressGzip(source: Buffer, maxBytes: number): Buffer {
  const members: Buffer[] = []
  let unpackedBytes = 0
  let at = readMemberHeader(source, 0)
  if (at === undefined) throw new CompressionError('Not in gzip format')
  while (at !== undefined) {
    const { output, consumedBytes } = inflate(source.subarray(at), maxBytes - unpackedBytes, maxBytes)
    at += consumedBytes
    if (source.length - at < trailerBytes) throw new CompressionError('Gzip member ends without its trailer')
    if (source.readUInt32LE(at) !== crc32(output) || source.readUInt32LE(at + 4) !== output.length >>> 0) {
      throw new CompressionError('Corrupt gzip trailer')
    }
    members.push(output)
    unpackedBytes += output.length
    const hasMore: boolean = source.length - at > leftBytesForMember
    at = hasMore ? readMemberHeader(source, at + trailerBytes) : undefined
  }
  return members.length === 1 ? members[0]! : Buffer.concat(members, unpackedBytes)
}

/** @returns position after the header, or undefined where there is none: after a member that is not an error */
function readMemberHeader(source: Buffer, start: number): number | undefined {
  if (source.length - start < 10) return undefined
  if (source.readUInt16LE(start) !== 0x8b1f || source[start + 2] !== 8) return undefined
  const present = source[start + 3]!
  let at = start + 10
  if (present & flags.extra) {
    if (source.length - at < 2) return undefined
    at += 2 + source.readUInt16LE(at)
  }
  for (const flag of [flags.name, flags.comment]) {
    if ((present & flag) === 0) continue
    const end = source.indexOf(0, at)
    if (end < 0) return undefined
    at = end + 1
  }
  if (present & flags.headerCrc) {
    if (source.length - at < 2) return undefined
    if (source.readUInt16LE(at) !== (crc32(source.subarray(start, at)) & 0xffff)) return undefined
    at += 2
  }
  return at > source.length ? undefined : at
}

function inflate(source: Buffer, leftBytes: number, maxBytes: number) {
  // zlib wants at least one byte of room; a member that is empty passes with it.
  const room = Math.max(leftBytes, 1)
  const chunkSize = Math.min(Math.max(source.length * 4, 1024), 262_144)
  let result: { buffer: Buffer; engine: { bytesWritten: number } }
  try {
    const options = { maxOutputLength: room, chunkSize, info: true }
    result = inflateRawSync(source, options) as unknown as typeof result
  } catch (error) {
    throw unpackingError(error, maxBytes)
  }
  if (result.buffer.length > leftBytes) throw new UnpackedTooLargeError(maxBytes)
  return { output: result.buffer, consumedBytes: result.engine.bytesWritten }
}

/** Gives zlib's errors our names; what is not from zlib stays what it is. */
export function unpackingError(error: unknown, maxBytes: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'ERR_BUFFER_TOO_LARGE') return new UnpackedTooLargeError(maxBytes)
  return new CompressionError('Cannot be decompressed', { cause: error })
}
