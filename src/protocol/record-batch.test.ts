import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  batchCrcIsValid,
  batchHeaderBytes,
  computeBatchCrc,
  CorruptBatchError,
  decrementSequence,
  incrementSequence,
  patchBaseOffset,
  patchLeaderEpoch,
  patchMaxTimestamp,
  peekBatchSize,
  readBatchHeader,
} from './record-batch.ts'

/** An empty batch with a right CRC, `lead` bytes into a buffer. */
function emptyBatch(lead = 0): Buffer {
  const bytes = Buffer.alloc(lead + batchHeaderBytes)
  bytes.writeInt32BE(batchHeaderBytes - 12, lead + 8)
  bytes.writeInt32BE(7, lead + 12)
  bytes[lead + 16] = 2
  bytes.writeUInt16BE(0x14, lead + 21)
  bytes.writeBigInt64BE(1_700_000_000_000n, lead + 35)
  bytes.writeBigInt64BE(-1n, lead + 43)
  bytes.writeInt32BE(-1, lead + 53)
  bytes.writeUInt32BE(computeBatchCrc(bytes, lead, batchHeaderBytes), lead + 17)
  return bytes
}

test('reads a header at any position', () => {
  const header = readBatchHeader(emptyBatch(5), 5)
  assert.equal(header.sizeInBytes, batchHeaderBytes)
  assert.equal(header.leaderEpoch, 7)
  assert.equal(header.codec, 'zstd')
  assert.equal(header.timestampType, 'CreateTime')
  assert.equal(header.isTransactional, true)
  assert.equal(header.isControl, false)
  assert.equal(header.maxTimestamp, 1_700_000_000_000)
  assert.equal(header.producerId, -1)
  assert.equal(header.lastSequence, -1)
})

test('tells the size of a batch only from bytes that are there', () => {
  const bytes = emptyBatch()
  assert.equal(peekBatchSize(bytes.subarray(0, 11), 0), undefined)
  assert.equal(peekBatchSize(bytes.subarray(0, 16), 0), undefined)
  assert.equal(peekBatchSize(bytes.subarray(0, 17), 0), batchHeaderBytes)
  assert.equal(peekBatchSize(bytes, batchHeaderBytes), undefined)
})

test('refuses lengths and magics that no batch has', () => {
  for (const length of [13, 0, -1, -(2 ** 31), 2 ** 31 - 1]) {
    const bytes = emptyBatch()
    bytes.writeInt32BE(length, 8)
    assert.throws(() => peekBatchSize(bytes, 0), CorruptBatchError, String(length))
  }
  for (const magic of [3, 127, 128, 255]) {
    const bytes = emptyBatch()
    bytes[16] = magic
    assert.throws(() => peekBatchSize(bytes, 0), CorruptBatchError, String(magic))
  }
})

test('the CRC covers all but offset, length, epoch and magic', () => {
  const bytes = emptyBatch(3)
  patchBaseOffset(bytes, 3, 2 ** 40 + 5)
  patchLeaderEpoch(bytes, 3, 99)
  assert.ok(batchCrcIsValid(bytes, 3, batchHeaderBytes))
  const header = readBatchHeader(bytes, 3)
  assert.equal(header.baseOffset, 2 ** 40 + 5)
  assert.equal(header.leaderEpoch, 99)
  bytes[3 + 60]! ^= 1
  assert.ok(!batchCrcIsValid(bytes, 3, batchHeaderBytes))
  assert.ok(!batchCrcIsValid(bytes, 3, batchHeaderBytes - 1))
})

test('stamping the broker time sets type, timestamp and CRC, and only then', () => {
  const bytes = emptyBatch(2)
  const before = Buffer.from(bytes)
  patchMaxTimestamp(bytes, 2, 'CreateTime', 1_700_000_000_000)
  assert.deepEqual(bytes, before)
  patchMaxTimestamp(bytes, 2, 'LogAppendTime', 1_800_000_000_000)
  const header = readBatchHeader(bytes, 2)
  assert.equal(header.timestampType, 'LogAppendTime')
  assert.equal(header.maxTimestamp, 1_800_000_000_000)
  assert.equal(header.isTransactional, true)
  assert.equal(header.codec, 'zstd')
  assert.ok(batchCrcIsValid(bytes, 2, batchHeaderBytes))
})

test('sequences wrap from 2^31-1 to 0 and back', () => {
  const max = 2 ** 31 - 1
  assert.equal(incrementSequence(max, 1), 0)
  assert.equal(incrementSequence(max - 2, 5), 2)
  assert.equal(incrementSequence(3, 4), 7)
  assert.equal(decrementSequence(0, 1), max)
  assert.equal(decrementSequence(2, 5), max - 2)
  assert.equal(decrementSequence(7, 4), 3)
})
