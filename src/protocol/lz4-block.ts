/**
 * One LZ4 block, without its frame: literals and back references. Decoding checks every bound, because the bytes
 * come from outside. lz4.ts puts blocks into frames.
 */
import { CompressionError } from './compression-error.ts'

const minMatch = 4
/** The format ends every block with at least this many literals. */
const lastLiterals = 5
/** No match may start within this many bytes of the end. */
const matchFreeTail = 12
const maxOffset = 0xffff
/** Shorter copies are done byte by byte: a call costs more. */
const copyCallFromBytes = 24

/**
 * Decodes `source[start, end)` to `target` from `targetStart` on. References reach back to `targetStart` at most:
 * blocks of a frame are independent.
 * @param targetLimit position that the output must not pass
 * @returns position after the last byte written
 * @throws CompressionError for anything that is not a block, or does not fit
 */
export function decodeLz4Block(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
  targetLimit: number,
): number {
  let at = start
  let out = targetStart
  while (at < end) {
    const token = source[at++]!
    let literals = token >>> 4
    if (literals === 15) {
      let more = 255
      while (more === 255) {
        if (at >= end) throw new CompressionError('LZ4 block ends within a length')
        more = source[at++]!
        literals += more
      }
    }
    if (literals > end - at || literals > targetLimit - out) {
      throw new CompressionError('LZ4 literals pass the end of the block')
    }
    if (literals < copyCallFromBytes) {
      for (let index = 0; index < literals; index++) target[out + index] = source[at + index]!
    } else {
      target.set(source.subarray(at, at + literals), out)
    }
    at += literals
    out += literals
    if (at === end) return out
    // A reference needs two bytes, and a token with the last literals after it.
    if (end - at < 2 + 1 + lastLiterals) throw new CompressionError('LZ4 block ends within a sequence')

    const offset = source[at]! | (source[at + 1]! << 8)
    at += 2
    let length = (token & 15) + minMatch
    if (length === 15 + minMatch) {
      let more = 255
      while (more === 255) {
        if (at >= end) throw new CompressionError('LZ4 block ends within a length')
        more = source[at++]!
        length += more
      }
    }
    // Kafka lets an offset of 0 pass and stores what its decoder makes of it, which is whatever the buffer held.
    if (offset === 0 || offset > out - targetStart) {
      throw new CompressionError('LZ4 reference before the start of the block')
    }
    if (length > targetLimit - out) throw new CompressionError('LZ4 block is larger than its frame allows')
    out = copyMatch(target, out, offset, length)
  }
  throw new CompressionError('LZ4 block ends without literals')
}

/** Copies `length` bytes from `offset` bytes back; source and target may overlap, then the pattern repeats. */
export function copyMatch(target: Uint8Array, out: number, offset: number, length: number): number {
  const end = out + length
  if (length < copyCallFromBytes) {
    for (; out < end; out++) target[out] = target[out - offset]!
    return end
  }
  if (offset === 1) {
    target.fill(target[out - 1]!, out, end)
    return end
  }
  // Each round copies all that is there, so an overlapping pattern doubles.
  const from = out - offset
  let ready = offset
  while (out < end) {
    const count = Math.min(ready, end - out)
    target.copyWithin(out, from, from + count)
    out += count
    ready += count
  }
  return end
}

const hashBits = 13
const hashTable = new Int32Array(1 << hashBits)

function readInt32LE(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** Largest size of the block that `encodeLz4Block` makes of `count` bytes. */
export function maxLz4BlockBytes(count: number): number {
  return count + Math.ceil(count / 255) + 16
}

/**
 * Encodes `source` as one block, greedily.
 * @param target at least `maxLz4BlockBytes(source.length)` from `targetStart` on
 * @returns position after the last byte written
 */
export function encodeLz4Block(source: Uint8Array, target: Uint8Array, targetStart: number): number {
  hashTable.fill(-1)
  const matchLimit = source.length - matchFreeTail
  let anchor = 0
  let at = 0
  let out = targetStart
  while (at < matchLimit) {
    const word = readInt32LE(source, at)
    const slot = Math.imul(word, 2654435761) >>> (32 - hashBits)
    const candidate = hashTable[slot]!
    hashTable[slot] = at
    if (candidate < 0 || at - candidate > maxOffset || readInt32LE(source, candidate) !== word) {
      // The longer nothing was found, the larger the steps: incompressible bytes go by fast.
      at += 1 + ((at - anchor) >>> 6)
      continue
    }
    let length = minMatch
    const longest = source.length - lastLiterals - at
    while (length < longest && source[candidate + length] === source[at + length]) length++
    out = writeSequence(source, anchor, at, target, out, length - minMatch)
    const offset = at - candidate
    target[out++] = offset & 0xff
    target[out++] = offset >>> 8
    if (length - minMatch >= 15) out = writeLength(target, out, length - minMatch - 15)
    at += length
    anchor = at
  }
  return writeSequence(source, anchor, source.length, target, out, 0)
}

/** Token and literals; the caller writes the reference. */
function writeSequence(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  out: number,
  matchCode: number,
): number {
  const literals = to - from
  target[out++] = (Math.min(literals, 15) << 4) | Math.min(matchCode, 15)
  if (literals >= 15) out = writeLength(target, out, literals - 15)
  target.set(source.subarray(from, to), out)
  return out + literals
}

function writeLength(target: Uint8Array, out: number, rest: number): number {
  for (; rest >= 255; rest -= 255) target[out++] = 255
  target[out++] = rest
  return out
}
