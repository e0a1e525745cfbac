import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { LazyBytes } from './lazy-bytes.ts'
import { EncodeError } from './protocol-error.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** One value with its method on Writer and on Reader. */
const item = fc.oneof(
  fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('int8' as const), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ kind: fc.constant('int16' as const), value: fc.integer({ min: -32768, max: 32767 }) }),
  fc.record({ kind: fc.constant('uint16' as const), value: fc.integer({ min: 0, max: 65535 }) }),
  fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('uint32' as const), value: fc.nat(2 ** 32 - 1) }),
  fc.record({ kind: fc.constant('int64' as const), value: fc.maxSafeInteger() }),
  fc.record({
    kind: fc.constant('int64Exact' as const),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({ kind: fc.constant('float64' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('uvarint' as const), value: fc.nat(2 ** 32 - 1) }),
  fc.record({ kind: fc.constant('varint' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'binary', maxLength: 300 }) }),
  fc.record({
    kind: fc.constant('compactNullableString' as const),
    value: fc.option(fc.string({ maxLength: 80 })),
  }),
  fc.record({
    kind: fc.constant('compactNullableBytes' as const),
    value: fc.option(fc.uint8Array({ maxLength: 5000 }).map(bytes => Buffer.from(bytes))),
  }),
)

test('what Writer writes, Reader reads, across chunks of the pool', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 400, size: 'max' }), items => {
      const writer = new Writer()
      for (const { kind, value } of items) (writer[kind] as (value: unknown) => void).call(writer, value)
      const { byteLength } = writer
      const reader = new Reader(writer.toBuffer())
      assert.equal(reader.remaining, byteLength)
      for (const { kind, value } of items) assert.deepEqual(reader[kind](), value)
      assert.equal(reader.remaining, 0)
    }),
    { numRuns: 200 },
  )
})

test('writers in use at once do not write into each other', () => {
  const first = new Writer()
  first.string('first')
  const second = new Writer()
  second.string('second')
  first.int32(1)
  second.int32(2)
  const bytes = first.finish()
  const third = new Writer()
  third.int32(3)
  assert.deepEqual(
    Buffer.concat(bytes.parts as Buffer[]),
    Buffer.from('00056669727374 00000001'.replace(' ', ''), 'hex'),
  )
  assert.deepEqual(second.toBuffer(), Buffer.from('00067365636f6e6400000002', 'hex'))
  assert.deepEqual(third.toBuffer(), Buffer.from('00000003', 'hex'))
})

test('long bytes and lazy bytes are referenced, in their place', () => {
  const long = Buffer.alloc(100_000, 7)
  const lazy: LazyBytes = {
    byteLength: 5,
    read: () => assert.fail('a writer reads nothing'),
    release: () => assert.fail('a writer releases nothing'),
  }
  const writer = new Writer()
  writer.int8(1)
  writer.bytes(long)
  writer.compactBytes(lazy)
  writer.int8(2)
  const { parts, byteLength } = writer.finish()
  assert.equal(byteLength, 1 + 4 + 100_000 + 1 + 5 + 1)
  assert.equal(parts.length, 5)
  assert.equal(parts[1], long)
  assert.equal(parts[3], lazy)
})

test('a small message does not hold a large chunk', () => {
  for (let round = 0; round < 100; round++) {
    const large = new Writer()
    for (let index = 0; index < 20_000; index++) large.int64(index)
    large.finish()
    const small = new Writer()
    small.int32(1)
    const [part] = small.finish().parts
    assert.ok(Buffer.isBuffer(part) && part.buffer.byteLength <= 8 * 1024)
  }
})

const refused: [string, (writer: Writer) => void][] = [
  ['an int8 of 128', writer => writer.int8(128)],
  ['an int16 of 32768', writer => writer.int16(32768)],
  ['a uint16 of -1', writer => writer.uint16(-1)],
  ['an int32 of 2^31', writer => writer.int32(2 ** 31)],
  ['an int32 of 1.5', writer => writer.int32(1.5)],
  ['an int32 that is not a number', writer => writer.int32(Number.NaN)],
  ['an int64 beyond 2^53', writer => writer.int64(2 ** 54)],
  ['an int64 of a half', writer => writer.int64(0.5)],
  ['an int64 that is not a number', writer => writer.int64(Number.NaN)],
  ['an exact int64 of 2^63', writer => writer.int64Exact(2n ** 63n)],
  ['a negative uvarint', writer => writer.uvarint(-1)],
  ['a uuid of another length', writer => writer.uuid('short')],
  ['a uuid of other characters', writer => writer.uuid('????????????????????!!')],
  ['a string of 32768 bytes', writer => writer.string('a'.repeat(32768))],
  ['a compact string of 32768 bytes', writer => writer.compactString('\u00e4'.repeat(16384))],
]

for (const [what, write] of refused) {
  test(`Writer refuses ${what}`, () => {
    assert.throws(() => write(new Writer()), EncodeError)
  })
}

test('a surrogate without its partner is written as Java writes it', () => {
  const writer = new Writer()
  writer.string('a\ud800b\udc00\ud83d\ude00')
  assert.deepEqual(writer.toBuffer().subarray(2), Buffer.from('a?b?\u{1f600}'))
})
