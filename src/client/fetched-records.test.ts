import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BatchFields, encodeBatch } from '#protocol/encode-batch.ts'
import { codecs } from '#protocol/record-batch.ts'
import { decodeFetched } from './fetched-records.ts'

function batch(baseOffset: number, values: string[], fields: BatchFields = {}): Buffer {
  const records = values.map(value => ({ timestampMs: 5, key: null, value: Buffer.from(value) }))
  return encodeBatch({ baseOffset, ...fields }, records)
}

function marker(baseOffset: number, producerId: number, type: 'ABORT' | 'COMMIT'): Buffer {
  const fields = { baseOffset, producerId, producerEpoch: 0, isTransactional: true, isControl: true }
  // A version and the type; then, in the value, a version and the coordinator's epoch.
  const key = Buffer.from([0, 0, 0, type === 'ABORT' ? 0 : 1])
  return encodeBatch(fields, [{ timestampMs: 5, key, value: Buffer.alloc(6) }])
}

function read(
  bytes: Buffer,
  fromOffset = 0,
  aborted?: { producerId: number; firstOffset: number }[],
): string {
  const { records, nextOffset } = decodeFetched(bytes, fromOffset, aborted)
  return `${records.map(({ offset, value }) => `${offset}${value?.toString()}`).join(' ')} -> ${nextOffset}`
}

test('reads all codecs', () => {
  for (const codec of codecs) assert.equal(read(batch(7, ['a', 'b'], { codec })), '7a 8b -> 9', codec)
})

test('leaves out what is before the offset that was asked for', () => {
  const bytes = Buffer.concat([batch(0, ['a', 'b', 'c']), batch(3, ['d'])])
  assert.equal(read(bytes, 2), '2c 3d -> 4')
})

test('stops before a batch that is cut, wherever it is cut', () => {
  const whole = batch(0, ['a'])
  const next = batch(1, ['b'])
  for (let size = 0; size < next.length; size++) {
    assert.equal(read(Buffer.concat([whole, next.subarray(0, size)])), '0a -> 1', `${size} bytes`)
  }
})

test('goes past control batches', () => {
  assert.equal(read(Buffer.concat([batch(0, ['a']), marker(1, 9, 'COMMIT')])), '0a -> 2')
})

test('leaves out aborted transactions, and only those', () => {
  const transactional = (producerId: number): BatchFields => ({
    producerId,
    producerEpoch: 0,
    isTransactional: true,
  })
  const bytes = Buffer.concat([
    batch(0, ['a'], transactional(1)),
    batch(1, ['b'], transactional(2)),
    batch(2, ['c']),
    marker(3, 1, 'ABORT'),
    marker(4, 2, 'COMMIT'),
    batch(5, ['d'], transactional(1)),
    marker(6, 1, 'COMMIT'),
  ])
  assert.equal(read(bytes, 0, [{ producerId: 1, firstOffset: 0 }]), '1b 2c 5d -> 7')
  assert.equal(read(bytes), '0a 1b 2c 5d -> 7')
})

test('refuses what is not whole', () => {
  const bytes = batch(0, ['a'])
  bytes[bytes.length - 1]! ^= 1
  assert.throws(() => read(bytes), /the checksum of a batch is wrong/)
  const old = batch(0, ['a'])
  old[16] = 1
  assert.throws(() => read(old), /of format v1/)
})
