/**
 * Raw snappy in plain JavaScript: the form that stays where the native library cannot be loaded. Decoding checks
 * every bound. snappy.ts decides which form is used and puts blocks into xerial's framing.
 */
import { CompressionError } from './compression-error.ts'
import { copyMatch } from './lz4-block.ts'

/** Bytes a compressed byte can stand for at most: three bytes of a copy make 64. */
const maxRatio = 22

/**
 * What a raw snappy block says it unpacks to, refused when the block is too short for that.
 * @returns size and position after the preamble
 * @throws CompressionError
 */
export function readSnappyPreamble(source: Uint8Array): { size: number; bodyStart: number } {
  let size = 0
  for (let index = 0; index < 5; index++) {
    const byte = source[index]
    if (byte === undefined) break
    size += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) {
      if (size > source.length * maxRatio) break
      return { size, bodyStart: index + 1 }
    }
  }
  throw new CompressionError('Snappy block with an invalid size')
}

/** @throws CompressionError */
export function decodeSnappyBlock(source: Uint8Array): Buffer {
  const { size, bodyStart } = readSnappyPreamble(source)
  const target = Buffer.allocUnsafe(size)
  const end = source.length
  let at = bodyStart
  let out = 0
  while (at < end) {
    const tag = source[at++]!
    const kind = tag & 3
    if (kind === 0) {
      let length = tag >>> 2
      if (length >= 60) {
        const extra = length - 59
        if (end - at < extra) throw new CompressionError('Snappy block ends within a length')
        length = 0
        for (let index = 0; index < extra; index++) length += source[at + index]! * 2 ** (8 * index)
        at += extra
      }
      length++
      if (length > end - at || length > size - out) {
        throw new CompressionError('Snappy literal passes the end of the block')
      }
      target.set(source.subarray(at, at + length), out)
      at += length
      out += length
      continue
    }
    const offsetBytes = kind === 1 ? 1 : kind === 2 ? 2 : 4
    if (end - at < offsetBytes) throw new CompressionError('Snappy block ends within a copy')
    let offset = kind === 1 ? (tag >>> 5) << 8 : 0
    for (let index = 0; index < offsetBytes; index++) offset += source[at + index]! * 2 ** (8 * index)
    at += offsetBytes
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
    if (offset === 0 || offset > out || length > size - out) {
      throw new CompressionError('Snappy copy outside of the block')
    }
    out = copyMatch(target, out, offset, length)
  }
  if (out !== size) throw new CompressionError('Snappy block is shorter than it says')
  return target
}

const hashBits = 12
const hashTable = new Int32Array(1 << hashBits)

function readInt32LE(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** @param source at most 64 KiB, so that every copy fits two bytes of offset */
export function encodeSnappyBlock(source: Uint8Array): Buffer {
  const target = Buffer.allocUnsafe(32 + source.length + Math.ceil(source.length / 6))
  let out = 0
  let rest = source.length
  for (; rest > 0x7f; rest >>>= 7) target[out++] = (rest & 0x7f) | 0x80
  target[out++] = rest
  hashTable.fill(-1)
  let anchor = 0
  let at = 0
  while (at + 4 <= source.length) {
    const word = readInt32LE(source, at)
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits)
    const candidate = hashTable[slot]!
    hashTable[slot] = at
    if (candidate < 0 || readInt32LE(source, candidate) !== word) {
      at += 1 + ((at - anchor) >>> 5)
      continue
    }
    let length = 4
    while (at + length < source.length && source[candidate + length] === source[at + length]) length++
    out = writeLiteral(source, anchor, at, target, out)
    for (let left = length; left > 0; left -= 64) {
      target[out++] = ((Math.min(left, 64) - 1) << 2) | 2
      target[out++] = (at - candidate) & 0xff
      target[out++] = (at - candidate) >>> 8
    }
    at += length
    anchor = at
  }
  return target.subarray(0, writeLiteral(source, anchor, source.length, target, out))
}

function writeLiteral(source: Uint8Array, from: number, to: number, target: Uint8Array, out: number): number {
  const last = to - from - 1
  if (last < 0) return out
  if (last < 60) {
    target[out++] = last << 2
  } else if (last < 0x100) {
    target[out++] = 60 << 2
    target[out++] = last
  } else {
    target[out++] = 61 << 2
    target[out++] = last & 0xff
    target[out++] = last >>> 8
  }
  target.set(source.subarray(from, to), out)
  return out + last + 1
}
