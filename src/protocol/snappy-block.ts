/**
 * Raw snappy blocks in plain JavaScript. Decoding checks every bound, because the bytes come from outside.
 * snappy.ts puts blocks into xerial's framing.
 */
import { CompressionError } from './compression-error.ts'
import { copyMatch } from './lz4-block.ts'

/** Bytes a compressed byte can stand for at most: three bytes of a copy make 64. */
const maxRatio = 22

/**
 * What the raw snappy block in `source[start, end)` says it unpacks to, refused when it is too short for that.
 * @returns size and position after the preamble
 * @throws CompressionError
 */
export function readSnappyPreamble(
  source: Uint8Array,
  start: number,
  end: number,
): { size: number; bodyStart: number } {
  let size = 0
  for (let index = 0; index < 5 && start + index < end; index++) {
    const byte = source[start + index]!
    size += (byte & 0x7f) * 2 ** (7 * index)
    if (byte >= 0x80) continue
    if (size > (end - start) * maxRatio) break
    return { size, bodyStart: start + index + 1 }
  }
  throw new CompressionError('Snappy block with an invalid size')
}

/** Shorter copies are done byte by byte: a call costs more. */
const copyCallFromBytes = 24

/**
 * Decodes `source[start, end)`, after the preamble, to `target` from `targetStart` on. References reach back to
 * `targetStart` at most.
 * @param targetEnd position that the output must reach, and not pass
 * @throws CompressionError
 */
export function decodeSnappyBlock(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
  targetEnd: number,
): void {
  let at = start
  let out = targetStart
  while (at < end) {
    const tag = source[at++]!
    const kind = tag & 3
    if (kind === 0) {
      let length = (tag >>> 2) + 1
      if (length > 60) {
        const extra = length - 60
        if (extra > end - at) throw new CompressionError('Snappy block ends within a length')
        length = readLittleEndian(source, at, extra) + 1
        at += extra
      }
      if (length > end - at || length > targetEnd - out) {
        throw new CompressionError('Snappy literal passes the end of the block')
      }
      if (length < copyCallFromBytes) {
        for (let index = 0; index < length; index++) target[out + index] = source[at + index]!
      } else {
        target.set(source.subarray(at, at + length), out)
      }
      at += length
      out += length
      continue
    }
    let length = (tag >>> 2) + 1
    let offset: number
    if (kind === 1) {
      if (at >= end) throw new CompressionError('Snappy block ends within a copy')
      length = ((tag >>> 2) & 7) + 4
      offset = ((tag >>> 5) << 8) | source[at++]!
    } else {
      const offsetBytes = kind === 2 ? 2 : 4
      if (offsetBytes > end - at) throw new CompressionError('Snappy block ends within a copy')
      offset = readLittleEndian(source, at, offsetBytes)
      at += offsetBytes
    }
    if (offset === 0 || offset > out - targetStart || length > targetEnd - out) {
      throw new CompressionError('Snappy copy outside of the block')
    }
    out = copyMatch(target, out, offset, length)
  }
  if (out !== targetEnd) throw new CompressionError('Snappy block is shorter than it says')
}

/** @param count 1 to 4 bytes @returns an unsigned number */
function readLittleEndian(source: Uint8Array, at: number, count: number): number {
  let value = source[at]!
  if (count > 1) value |= source[at + 1]! << 8
  if (count > 2) value |= source[at + 2]! << 16
  if (count > 3) value |= source[at + 3]! << 24
  return value >>> 0
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
