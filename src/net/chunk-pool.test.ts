import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChunkPool } from './chunk-pool.ts'

const kiB = 1024
const miB = 1024 * kiB

test('a chunk is large while little is used and no larger than needed', () => {
  const pool = new ChunkPool(64 * miB)
  assert.equal(pool.take(50 * miB).length, miB)
  assert.equal(pool.take(100 * kiB).length, 128 * kiB)
  assert.equal(pool.take(10).length, 4 * kiB)
})

test('chunks shrink as they are held, and the smallest is always given', () => {
  const pool = new ChunkPool(64 * miB)
  const connections = 10_000
  let last = Infinity
  for (let count = 0; count < connections; count++) {
    const { length } = pool.take(50 * miB)
    assert.ok(length <= last)
    last = length
  }
  assert.equal(last, 4 * kiB)
  assert.ok(pool.usedBytes <= 64 * miB + connections * 4 * kiB)
})

test('a chunk that was given back is used again', () => {
  const pool = new ChunkPool(64 * miB)
  const chunk = pool.take(miB)
  pool.giveBack(chunk)
  assert.equal(pool.usedBytes, 0)
  assert.equal(pool.take(miB), chunk)
})
