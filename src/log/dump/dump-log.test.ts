import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { array, assert as check, asyncProperty, boolean, integer, nat, record, string } from 'fast-check'
import { batchHeaderBytes, batchPositions, computeBatchCrc } from '#protocol/record-batch.ts'
import { encodeBatch } from '#protocol/encode-batch.ts'
import { batchOf, idempotent, startMs } from '../log-fixture.ts'
import { dumpLog, type DumpLogOptions, type LogItem } from './dump-log.ts'

function sourceOf(bytes: Buffer): { read(position: number, target: Uint8Array): Promise<number> } {
  return { read: async (position, target) => bytes.copy(target, 0, position) }
}

async function dump(bytes: Buffer, options: DumpLogOptions = { withRecords: true }): Promise<LogItem[]> {
  return Array.fromAsync(dumpLog(sourceOf(bytes), bytes.length, options))
}

/** Batches at consecutive offsets, as a log has them. */
function logOf(batches: readonly Buffer[]): Buffer {
  let offset = 0n
  for (const batch of batches) {
    batch.writeBigInt64BE(offset)
    offset += BigInt(batch.readInt32BE(batchPositions.lastOffsetDelta) + 1)
  }
  return Buffer.concat(batches)
}

test('every batch is shown, with its records', async () => {
  const bytes = logOf([batchOf(['a', 'b']), idempotent(7, 3, ['c']), batchOf(['d'], { codec: 'zstd' })])
  const items = await dump(bytes)
  assert.deepEqual(
    items.map(
      item => item.kind === 'batch' && [item.baseOffset, item.lastOffset, item.codec, item.producerId],
    ),
    [
      [0, 1, 'none', -1],
      [2, 2, 'none', 7],
      [3, 3, 'zstd', -1],
    ],
  )
  const values = items.flatMap(item => (item.kind === 'batch' ? item.content!.records : []))
  assert.deepEqual(
    values.map(({ offset, timestampMs, value }) => [offset, timestampMs, value?.toString()]),
    ['a', 'b', 'c', 'd'].map((value, offset) => [offset, startMs, value]),
  )
})

test('offsets bound what is shown', async () => {
  const bytes = logOf([batchOf(['a', 'b']), batchOf(['c']), batchOf(['d', 'e'])])
  const shown = await dump(bytes, { withRecords: false, fromOffset: 1, toOffset: 2 })
  assert.deepEqual(
    shown.map(item => item.kind === 'batch' && item.baseOffset),
    [0, 2],
  )
})

test('int64 values beyond 2^53 are exact', async () => {
  const batch = encodeBatch({ producerId: 1 }, [{ timestampMs: 5, key: null, value: null }])
  batch.writeBigInt64BE(2n ** 62n + 1n, batchPositions.producerId)
  batch.writeBigInt64BE(2n ** 60n + 3n, batchPositions.baseTimestamp)
  batch.writeUInt32BE(computeBatchCrc(batch, 0, batch.length), batchPositions.crc)
  const [item] = await dump(batch)
  assert.ok(item?.kind === 'batch' && item.crcIsValid)
  assert.equal(item.producerId, 2n ** 62n + 1n)
  assert.equal(item.content!.records[0]!.timestampMs, 2n ** 60n + 3n)
})

test('a record that cannot be read does not hide those before it', async () => {
  const batch = batchOf(['one', 'two', 'three'])
  const bytes = logOf([batch, batchOf(['after'])])
  // The last record claims more bytes than there are.
  const lastRecordBytes = 7 + 'three'.length
  bytes[batch.length - lastRecordBytes] = 100
  bytes.writeUInt32BE(computeBatchCrc(bytes, 0, batch.length), batchPositions.crc)
  const [first, damage, second] = await dump(bytes)
  assert.ok(first?.kind === 'batch' && damage?.kind === 'damage' && second?.kind === 'batch')
  assert.deepEqual(
    first.content!.records.map(({ value }) => value!.toString()),
    ['one', 'two'],
  )
  assert.match(damage.problem, /records cannot be read/)
  assert.equal(second.content!.records[0]!.value!.toString(), 'after')
})

test('a log of an older format is named, not taken for damage', async () => {
  // Magic 1: offset, size, crc, magic, attributes, timestamp, key, value.
  const old = Buffer.alloc(12 + 22)
  old.writeInt32BE(22, 8)
  old[16] = 1
  old.writeUInt32BE(crc32(old.subarray(16)), 12)
  const [item, ...rest] = await dump(old)
  assert.deepEqual(item, { kind: 'oldBatch', position: 0, sizeInBytes: 34, magic: 1, baseOffset: 0 })
  assert.deepEqual(rest, [])
})

test('whatever is damaged, every sound batch is found and every other byte is accounted for', async () => {
  const values = array(string({ maxLength: 40 }), { minLength: 1, maxLength: 5 })
  const hole = record({
    batch: nat({ max: 7 }),
    // A hole may be an overwritten field, an overwritten batch, or bytes that were lost.
    from: nat({ max: batchHeaderBytes + 20 }),
    length: integer({ min: 1, max: 80 }),
    lost: boolean(),
    fill: integer({ min: 0, max: 255 }),
  })
  await check(
    asyncProperty(
      array(values, { minLength: 1, maxLength: 8 }),
      array(hole, { maxLength: 3 }),
      async (contents, holes) => {
        const batches = contents.map(each => batchOf(each))
        logOf(batches)
        const damaged = new Set<Buffer>()
        const pieces = batches.map(batch => [batch])
        for (const { batch: index, from, length, lost, fill } of holes) {
          const batch = batches[index]
          if (batch === undefined || from >= batch.length) continue
          const end = Math.min(from + length, batch.length)
          const before = Buffer.from(batch)
          if (lost) pieces[index] = [batch.subarray(0, from), batch.subarray(end)]
          else batch.fill(fill, from, end)
          if (lost || !before.equals(batch)) damaged.add(batch)
        }
        let position = 0
        const sound: number[] = []
        for (const [index, batch] of batches.entries()) {
          if (!damaged.has(batch)) sound.push(position)
          position += pieces[index]!.reduce((sum, piece) => sum + piece.length, 0)
        }
        const items = await dump(Buffer.concat(pieces.flat()))
        // A lost byte may be replaced by an equal one of the next batch, which is then the damaged one.
        const isShown = (at: number): boolean =>
          items.some(
            item =>
              item.kind === 'batch' &&
              item.crcIsValid &&
              item.position <= at &&
              at < item.position + item.sizeInBytes,
          )
        assert.deepEqual(
          sound.filter(at => !isShown(at)),
          [],
        )
        let covered = 0
        for (const item of items) {
          assert.ok(
            item.position <= covered,
            `bytes from ${covered} to ${item.position} are not accounted for`,
          )
          covered = Math.max(covered, item.position + item.sizeInBytes)
        }
        assert.equal(covered, position)
        if (damaged.size === 0) assert.ok(items.every(item => item.kind === 'batch'))
      },
    ),
    { numRuns: 2000 },
  )
})
