/**
 * LZ4 frames, read as Kafka's Lz4BlockInputStream does and written so that it can read them: independent blocks
 * only, header and block checksums verified, content checksum and content size not looked at, nothing read after
 * the end mark. Writing goes to lz4-napi where it can be loaded; reading stays here, because that has no output cap.
 */
import { createRequire } from 'node:module'
import { CompressionError } from './compression-error.ts'
import { decodeLz4Block, encodeLz4Block, maxLz4BlockBytes } from './lz4-block.ts'
import { UnpackBuffer } from './unpack-buffer.ts'
import { xxhash32 } from './xxhash32.ts'

const frameMagic = 0x184d2204
const uncompressedBit = 0x80000000
const writtenBlockBytes = 65536

interface FrameHeader {
  readonly bodyStart: number
  readonly maxBlockBytes: number
  readonly hasBlockChecksums: boolean
  readonly hasContentChecksum: boolean
}

/**
 * @param maxBytes largest output
 * @param ignoreHeaderChecksum message sets v0 carry a wrong one (KIP-57)
 * @throws CompressionError, UnpackedTooLargeError
 */
export function decompressLz4(source: Buffer, maxBytes: number, ignoreHeaderChecksum = false): Buffer {
  const header = readFrameHeader(source, ignoreHeaderChecksum)
  const output = new UnpackBuffer(Math.min(source.length * 4, header.maxBlockBytes), maxBytes)
  let at = header.bodyStart
  for (;;) {
    if (source.length - at < 4) throw new CompressionError('LZ4 frame ended prematurely')
    const word = source.readUInt32LE(at)
    at += 4
    const blockBytes = (word & ~uncompressedBit) >>> 0
    if (blockBytes === 0) break
    if (blockBytes > header.maxBlockBytes) {
      throw new CompressionError(`LZ4 block size ${blockBytes} exceeded max: ${header.maxBlockBytes}`)
    }
    const blockEnd = at + blockBytes
    if (blockEnd > source.length) throw new CompressionError('LZ4 frame ended prematurely')
    const before = output.length
    if ((word & uncompressedBit) !== 0) output.append(source.subarray(at, blockEnd))
    else unpackBlock(source, at, blockEnd, output, header.maxBlockBytes)
    at = blockEnd
    if (header.hasBlockChecksums) {
      if (source.length - at < 4) throw new CompressionError('LZ4 frame ended prematurely')
      if (source.readUInt32LE(at) !== xxhash32(source.subarray(blockEnd - blockBytes, blockEnd))) {
        throw new CompressionError('LZ4 block checksum mismatch')
      }
      at += 4
    }
    // Kafka's reader takes an empty block for the end.
    if (output.length === before) return output.finish()
  }
  if (header.hasContentChecksum && source.length - at < 4) {
    throw new CompressionError('LZ4 frame ended prematurely')
  }
  return output.finish()
}

function readFrameHeader(source: Buffer, ignoreHeaderChecksum: boolean): FrameHeader {
  if (source.length < 6) throw new CompressionError('LZ4 frame ended prematurely')
  if (source.readUInt32LE(0) !== frameMagic) throw new CompressionError('Not an LZ4 frame')
  const flags = source[4]!
  const blockDescriptor = source[5]!
  if (flags >>> 6 !== 1) throw new CompressionError(`LZ4 frame version ${flags >>> 6} is unsupported`)
  if ((flags & 0x03) !== 0) throw new CompressionError('LZ4 frame with reserved bits set')
  if ((flags & 0x20) === 0) throw new CompressionError('LZ4 frames of dependent blocks are unsupported')
  const sizeCode = (blockDescriptor >>> 4) & 7
  if ((blockDescriptor & 0x8f) !== 0 || sizeCode < 4) {
    throw new CompressionError('LZ4 frame with an invalid block descriptor')
  }
  const descriptorEnd = (flags & 0x08) === 0 ? 6 : 14
  if (descriptorEnd >= source.length) throw new CompressionError('LZ4 frame ended prematurely')
  const stored = source[descriptorEnd]!
  if (!ignoreHeaderChecksum && stored !== ((xxhash32(source.subarray(4, descriptorEnd)) >>> 8) & 0xff)) {
    throw new CompressionError('LZ4 frame descriptor corrupted')
  }
  return {
    bodyStart: descriptorEnd + 1,
    maxBlockBytes: 1 << (2 * sizeCode + 8),
    hasBlockChecksums: (flags & 0x10) !== 0,
    hasContentChecksum: (flags & 0x04) !== 0,
  }
}

function unpackBlock(
  source: Buffer,
  start: number,
  end: number,
  output: UnpackBuffer,
  maxBlockBytes: number,
) {
  // A byte of a block stands for at most 255 bytes of output, so small blocks need no room for large ones.
  const largest = Math.min(maxBlockBytes, (end - start) * 255 + 16)
  const room = Math.min(largest, output.maxBytes - output.length)
  output.reserve(room)
  const limit = output.length + room
  try {
    output.length = decodeLz4Block(source, start, end, output.bytes, output.length, limit)
  } catch (error) {
    // It may have failed only because the limit cut its room: then the answer is that, not corruption.
    if (room < largest) output.reserve(largest)
    throw error
  }
}

interface Lz4Addon {
  compressFrameSync(data: Uint8Array): Buffer
}

function loadNative(): Lz4Addon | undefined {
  try {
    return createRequire(import.meta.url)('lz4-napi') as Lz4Addon
  } catch {
    return undefined
  }
}

const native = loadNative()

/** Kafka's compression levels have no counterpart: both encoders have one speed. */
export function compressLz4(source: Buffer): Buffer {
  return native === undefined ? compressLz4InJavaScript(source) : native.compressFrameSync(source)
}

/** Blocks of 64 KiB, no checksums but the header's. */
export function compressLz4InJavaScript(source: Buffer): Buffer {
  const blockCount = Math.ceil(source.length / writtenBlockBytes)
  const target = Buffer.allocUnsafe(7 + blockCount * (4 + maxLz4BlockBytes(writtenBlockBytes)) + 4)
  target.writeUInt32LE(frameMagic, 0)
  target[4] = 0x60
  target[5] = 0x40
  target[6] = (xxhash32(target.subarray(4, 6)) >>> 8) & 0xff
  let out = 7
  for (let at = 0; at < source.length; at += writtenBlockBytes) {
    const block = source.subarray(at, at + writtenBlockBytes)
    const end = encodeLz4Block(block, target, out + 4)
    if (end - out - 4 < block.length) {
      target.writeUInt32LE(end - out - 4, out)
      out = end
    } else {
      target.writeUInt32LE((block.length | uncompressedBit) >>> 0, out)
      target.set(block, out + 4)
      out += 4 + block.length
    }
  }
  target.writeUInt32LE(0, out)
  return target.subarray(0, out + 4)
}
