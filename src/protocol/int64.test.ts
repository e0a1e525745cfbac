import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { clampInt64, int64Clamp, readInt64, writeInt64 } from './int64.ts'

test('reads as the exact number, or clamped to plus or minus 2^53', () => {
  const bytes = Buffer.alloc(8)
  const edges = [0n, -1n, 2n ** 32n, -(2n ** 32n), 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]
  for (const value of edges) {
    bytes.writeBigInt64BE(value)
    assert.equal(readInt64(bytes, 0), clampInt64(value), String(value))
  }
  assert.equal(clampInt64(2n ** 63n - 1n), int64Clamp)
  assert.equal(clampInt64(-(2n ** 63n)), -int64Clamp)
})

test('what is written is read back, as a number or a bigint', () => {
  const bytes = Buffer.alloc(8)
  fc.assert(
    fc.property(fc.maxSafeInteger(), value => {
      writeInt64(bytes, 0, value)
      assert.equal(bytes.readBigInt64BE(), BigInt(value))
      assert.equal(readInt64(bytes, 0), value)
      writeInt64(bytes, 0, BigInt(value))
      assert.equal(readInt64(bytes, 0), value)
    }),
  )
})
