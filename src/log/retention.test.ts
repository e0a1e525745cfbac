import assert from 'node:assert/strict'
import { it } from 'node:test'
import { expiredSegments } from './retention.ts'

const segments = [
  { sizeInBytes: 100, largestTimestampMs: 1000, endOffset: 10 },
  { sizeInBytes: 100, largestTimestampMs: 3000, endOffset: 20 },
  { sizeInBytes: 100, largestTimestampMs: 2000, endOffset: 30 },
  { sizeInBytes: 50, largestTimestampMs: 4000, endOffset: 35 },
]

const count = (
  settings: { retentionMs?: number; retentionBytes?: number; cleanupDelete?: boolean },
  input: { nowMs?: number; highWatermark?: number; logStartOffset?: number } = {},
) =>
  expiredSegments({
    segments,
    logStartOffset: 0,
    highWatermark: 35,
    nowMs: 5000,
    ...input,
    config: { retentionMs: -1, retentionBytes: -1, cleanupDelete: true, ...settings },
  }).count

it('goes by the largest timestamp, oldest segment first', () => {
  assert.equal(count({ retentionMs: 3999 }), 1)
  assert.equal(count({ retentionMs: 4000 }), 0)
  assert.equal(count({ retentionMs: 1999 }), 3)
  assert.equal(count({ retentionMs: 100 }), 4)
})

it('goes by size, and never below the limit', () => {
  assert.equal(count({ retentionBytes: 250 }), 1)
  assert.equal(count({ retentionBytes: 251 }), 0)
  assert.equal(count({ retentionBytes: 0 }), 4)
})

it('keeps what is not below the high watermark', () => {
  assert.equal(count({ retentionMs: 0 }, { highWatermark: 29 }), 2)
})

it('removes what the log start has passed, also where the policy deletes nothing, but never the active one', () => {
  assert.equal(count({ cleanupDelete: false, retentionMs: 0, retentionBytes: 0 }), 0)
  assert.equal(count({ cleanupDelete: false }, { logStartOffset: 25 }), 2)
  assert.equal(count({}, { logStartOffset: 35 }), 3)
})
