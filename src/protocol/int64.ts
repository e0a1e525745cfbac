/**
 * int64 fields as JavaScript numbers. What lies beyond the safe range becomes plus or minus 2^53, which every
 * range check then answers with Kafka's error; where the exact value matters, read a bigint instead.
 */

/** What an int64 beyond the range of exact numbers becomes; its negative likewise. */
export const int64Clamp = 2 ** 53

/** @param bytes at least `position + 8` long */
export function readInt64(bytes: Buffer, position: number): number {
  const high = bytes.readInt32BE(position)
  const low = bytes.readUInt32BE(position + 4)
  if (high >= 0x200000) return int64Clamp
  if (high < -0x200000) return -int64Clamp
  return high * 0x1_0000_0000 + low
}

/** @param value a number must be a safe integer */
export function writeInt64(bytes: Buffer, position: number, value: number | bigint): void {
  if (typeof value === 'bigint') {
    bytes.writeBigInt64BE(BigInt.asIntN(64, value), position)
    return
  }
  bytes.writeInt32BE(Math.floor(value / 0x1_0000_0000), position)
  bytes.writeUInt32BE(((value % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000, position + 4)
}

/** @returns the nearest number that is exact, or plus or minus 2^53 beyond that */
export function clampInt64(value: bigint): number {
  if (value >= 9007199254740992n) return int64Clamp
  if (value <= -9007199254740992n) return -int64Clamp
  return Number(value)
}
