/**
 * Variable-length integers as records use them: zigzag first, then seven bits a byte, low bits first
 * (Kafka's ByteUtils). Writing only; reading is part of RecordCursor, where it is hot.
 */

/** Bytes that `writeVarint` needs. @param value int32 */
export function sizeOfVarint(value: number): number {
  return sizeOfUnsigned((value << 1) ^ (value >> 31))
}

/** @param value taken as an unsigned 32-bit number */
function sizeOfUnsigned(value: number): number {
  const bits = 32 - Math.clz32(value)
  return bits <= 7 ? 1 : bits <= 14 ? 2 : bits <= 21 ? 3 : bits <= 28 ? 4 : 5
}

/** @param value int32 @returns position after the last byte written */
export function writeVarint(target: Uint8Array, position: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  while (rest > 0x7f) {
    target[position++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  target[position++] = rest
  return position
}

/** Bytes that `writeVarlong` needs. @param value int64; a number must be a safe integer */
export function sizeOfVarlong(value: number | bigint): number {
  if (typeof value === 'number' && value === (value | 0)) return sizeOfVarint(value)
  let size = 1
  for (let rest = zigzag64(value) >> 7n; rest > 0n; rest >>= 7n) size++
  return size
}

/** @param value int64; a number must be a safe integer @returns position after the last byte written */
export function writeVarlong(target: Uint8Array, position: number, value: number | bigint): number {
  if (typeof value === 'number' && value === (value | 0)) return writeVarint(target, position, value)
  let rest = zigzag64(value)
  while (rest > 0x7fn) {
    target[position++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  target[position++] = Number(rest)
  return position
}

function zigzag64(value: number | bigint): bigint {
  const wide = BigInt(value)
  return BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n))
}
