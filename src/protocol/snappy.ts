/**
 * Snappy as Kafka's clients send it: xerial's framing (Java) or one raw block (librdkafka, Go, and others), told
 * apart by xerial's magic as its SnappyInputStream does. Written with xerial's framing, as Java does.
 * The native library encodes where it can be loaded. Decoding stays here: into one buffer it is as fast as a native
 * call and a buffer for each block of 32 KiB.
 */
import { createRequire } from 'node:module'
import { CompressionError } from './compression-error.ts'
import { decodeSnappyBlock, encodeSnappyBlock, readSnappyPreamble } from './snappy-block.ts'
import { UnpackBuffer } from './unpack-buffer.ts'

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
/** Magic, version 1, lowest compatible version 1. */
const xerialHeader = Buffer.concat([xerialMagic, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])
const xerialMagicHead = xerialMagic.readInt32BE(0)
/** What xerial's SnappyOutputStream uses. */
const writtenBlockBytes = 32768

/** Encodes at most 32 KiB as one raw block. */
export type SnappyEncoder = (source: Uint8Array) => Buffer

interface SnappyAddon {
  compressSync(source: Uint8Array): Buffer
}

function loadEncoder(): SnappyEncoder {
  try {
    const addon = createRequire(import.meta.url)('snappy') as SnappyAddon
    return source => addon.compressSync(source)
  } catch {
    return encodeSnappyBlock
  }
}

const fastestEncoder = loadEncoder()

/**
 * @param maxBytes largest output
 * @throws CompressionError, UnpackedTooLargeError
 */
export function decompressSnappy(source: Buffer, maxBytes: number): Buffer {
  if (source.length === 0) throw new CompressionError('Cannot decompress an empty snappy stream')
  const output = new UnpackBuffer(source.length * 3, maxBytes)
  if (source.length < xerialHeader.length || source.compare(xerialMagic, 0, 8, 0, 8) !== 0) {
    decodeBlock(source, 0, source.length, output)
    return output.finish()
  }
  let at = xerialHeader.length
  // What is too short to be a block's length is not looked at.
  while (source.length - at >= 4) {
    const blockBytes = source.readInt32BE(at)
    if (blockBytes === xerialMagicHead) {
      // Another stream follows. The first header's version is not checked, this one's is.
      if (source.length - at < xerialHeader.length) throw new CompressionError('Snappy header is cut')
      if (source.compare(xerialMagic, 0, 8, at, at + 8) !== 0) break
      if (source.readInt32BE(at + 8) < 1) throw new CompressionError('Snappy framing of an unknown version')
      at += xerialHeader.length
      continue
    }
    at += 4
    if (blockBytes < 0 || blockBytes > source.length - at) {
      throw new CompressionError(`Snappy block of invalid size ${blockBytes}`)
    }
    decodeBlock(source, at, at + blockBytes, output)
    at += blockBytes
  }
  return output.finish()
}

function decodeBlock(source: Buffer, start: number, end: number, output: UnpackBuffer): void {
  const { size, bodyStart } = readSnappyPreamble(source, start, end)
  output.reserve(size)
  decodeSnappyBlock(source, bodyStart, end, output.bytes, output.length, output.length + size)
  output.length += size
}

export function compressSnappy(source: Buffer, encode: SnappyEncoder = fastestEncoder): Buffer {
  const parts: Buffer[] = [xerialHeader]
  for (let at = 0; at < source.length; at += writtenBlockBytes) {
    const block = encode(source.subarray(at, at + writtenBlockBytes))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}
