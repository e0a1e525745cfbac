import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decompress } from './compression.ts'
import { decodeControlRecordKey, encodeControlRecordKey } from './control-records.ts'
import { encodeBatch, encodeRecordInputs } from './encode-batch.ts'
import { batchCrcIsValid, batchHeaderBytes, codecs, readBatchHeader } from './record-batch.ts'
import { decodeRecords, InvalidRecordError, RecordCursor, type RecordInput } from './records.ts'

const bytes = fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array))
const nullable = fc.option(bytes)
const batchRecord = fc.record(
  {
    timestampMs: fc.nat(2 ** 42),
    key: nullable,
    value: nullable,
    headers: fc.array(
      fc.record({ key: fc.string({ unit: 'grapheme' }), value: nullable }, { noNullPrototype: true }),
      { maxLength: 3 },
    ),
  },
  { noNullPrototype: true },
)

test('records of a batch come out as they went in, in every codec', () => {
  fc.assert(
    fc.property(fc.constantFrom(...codecs), fc.array(batchRecord, { maxLength: 20 }), (codec, records) => {
      const batch = encodeBatch({ codec, baseOffset: 100 }, records)
      assert.ok(batchCrcIsValid(batch, 0, batch.length))
      const header = readBatchHeader(batch, 0)
      const body = decompress(codec, batch.subarray(batchHeaderBytes), 1 << 20)
      const decoded = decodeRecords(header, body)
      assert.deepEqual(
        decoded,
        records.map((record, index) => ({ offset: 100 + index, ...record })),
      )
    }),
  )
})

test('deltas of every width, also beyond exact numbers', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.integer(), (timestampDelta, offsetDelta) => {
      const record: RecordInput = { timestampDelta, offsetDelta, key: null, value: null }
      const cursor = new RecordCursor(encodeRecordInputs([record]))
      cursor.next()
      assert.equal(cursor.wideTimestampDelta ?? BigInt(cursor.timestampDelta), timestampDelta)
      assert.equal(cursor.offsetDelta, offsetDelta)
      assert.equal(cursor.hasRemaining, false)
    }),
    {
      examples: [
        [2n ** 49n, 0],
        [-(2n ** 48n) - 1n, 1],
        [2n ** 48n - 1n, -1],
        [-(2n ** 63n), 2 ** 31 - 1],
      ],
    },
  )
})

test('changed bytes are records or an InvalidRecordError, and never read past the end', () => {
  const records = Array.from({ length: 4 }, (_, index): RecordInput => ({
    timestampDelta: index * 1000,
    offsetDelta: index,
    key: Buffer.from(`key-${index}`),
    value: Buffer.from('value'),
    headers: [{ key: 'h', value: null }],
  }))
  const good = encodeRecordInputs(records)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      edits => {
        const bad = Buffer.from(good)
        for (const [at, byte] of edits) bad[at] = byte
        for (const move of ['next', 'skip'] as const) {
          const cursor = new RecordCursor(bad)
          try {
            while (cursor.hasRemaining) cursor[move]()
            assert.equal(cursor.position, bad.length)
          } catch (error) {
            assert.ok(error instanceof InvalidRecordError, String(error))
          }
        }
      },
    ),
    { numRuns: 2000 },
  )
})

test('a record whose length is wrong fails next, and passes skip', () => {
  const body = encodeRecordInputs([{ timestampDelta: 0, offsetDelta: 0, key: null, value: Buffer.from('v') }])
  body[0]! += 2
  assert.throws(() => new RecordCursor(body).next(), InvalidRecordError)
  const cursor = new RecordCursor(body)
  cursor.skip()
  assert.equal(cursor.hasRemaining, false)
})

test('a control record key of a type nobody knows is not an error, a short one is', () => {
  assert.equal(decodeControlRecordKey(encodeControlRecordKey('COMMIT')), 'COMMIT')
  assert.equal(decodeControlRecordKey(Buffer.from([0, 0, 0, 99])), undefined)
  assert.equal(decodeControlRecordKey(Buffer.from([0, 7, 0, 0])), 'ABORT')
  for (const key of [null, Buffer.from([0, 0, 0]), Buffer.from([255, 255, 0, 1])]) {
    assert.throws(() => decodeControlRecordKey(key), InvalidRecordError)
  }
})
