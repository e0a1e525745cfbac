import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProtocolError } from './protocol-error.ts'
import { Reader } from './reader.ts'

function of(hex: string, maxElements?: number): Reader {
  return new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'), maxElements)
}

const refused: [string, () => unknown][] = [
  ['an int32 of three bytes', () => of('00 00 00').int32()],
  ['an int64 of seven bytes', () => of('00 00 00 00 00 00 00').int64()],
  ['a uuid of fifteen bytes', () => of('00'.repeat(15)).uuid()],
  ['a varint without an end', () => of('ff ff').uvarint()],
  ['a varint of six bytes', () => of('80 80 80 80 80 00').uvarint()],
  ['a varlong of eleven bytes', () => of(`${'80'.repeat(10)} 00`).varlong()],
  ['a string longer than what is left', () => of('00 05 61').string()],
  ['a compact string longer than what is left', () => of('06 61').compactString()],
  ['a compact string of more than 32767 bytes', () => of(`81 80 02 ${'61'.repeat(32768)}`).compactString()],
  ['null for a string', () => of('ff ff').string()],
  ['null for a compact string', () => of('00').compactString()],
  ['null for bytes', () => of('ff ff ff ff').bytes()],
  ['bytes longer than what is left', () => of('7f ff ff ff 00').bytes()],
  ['null for an array', () => of('ff ff ff ff').arrayLength(1)],
  ['null for a compact array', () => of('00').compactArrayLength(1)],
  ['an array that cannot fit', () => of('00 00 00 03 00 00 00 00 00').arrayLength(2)],
  ['an array of 2^31 - 1', () => of('7f ff ff ff 00').nullableArrayLength(1)],
  ['a compact array of nearly 2^31', () => of('ff ff ff ff 07 00').compactNullableArrayLength(1)],
  ['a tag whose size is beyond the end', () => of('01 09 ff ff ff ff 0f 00').skipTags()],
  ['tags that are not there', () => of('05').skipTags()],
  ['a skip beyond the end', () => of('00').skip(2)],
]

for (const [what, read] of refused) {
  test(`Reader refuses ${what}`, () => {
    assert.throws(read, ProtocolError)
  })
}

test('Reader counts the elements of all arrays of a message', () => {
  const reader = of('00 00 00 02 00 00 00 02 00 00 00 00', 3)
  assert.equal(reader.arrayLength(1), 2)
  assert.throws(() => reader.arrayLength(1), ProtocolError)
})

test('Reader takes what Kafka takes', () => {
  assert.equal(of('ff fb').nullableString(), null, 'any negative length is null')
  assert.equal(of('ff ff ff fb').nullableArrayLength(1), -1)
  assert.equal(of('82 00 61').compactString(), 'a', 'a varint may be longer than it must')
  assert.equal(of('82 80 80 80 70 61').compactString(), 'a', 'bits beyond the 32nd are dropped')
  assert.equal(of('ff ff ff ff 0f').compactNullableString(), null, 'a length above 2^31 is negative')
  assert.equal(of('02').bool(), true)
  assert.equal(of('00 04 61 ff c3 28').string(), 'a\ufffd\ufffd(', 'bytes that are not UTF-8 are replaced')
})

test('a string that would be too long to be written again is refused', () => {
  const frame = (size: number): Reader => {
    const bytes = Buffer.alloc(2 + size, 0xff)
    bytes.writeInt16BE(size, 0)
    return new Reader(bytes)
  }
  assert.equal(Buffer.byteLength(frame(10_922).string()), 32_766)
  assert.throws(() => frame(10_923).string(), ProtocolError)
})

test('int64 beyond the safe range becomes plus or minus 2^53', () => {
  assert.equal(of('001fffffffffffff').int64(), 2 ** 53 - 1)
  assert.equal(of('0020000000000000').int64(), 2 ** 53)
  assert.equal(of('7fffffffffffffff').int64(), 2 ** 53)
  assert.equal(of('ffe0000000000001').int64(), -(2 ** 53 - 1))
  assert.equal(of('8000000000000000').int64(), -(2 ** 53))
  assert.equal(of('ffffffffffffffff').int64(), -1)
})

test('bytes are views, not copies', () => {
  const source = Buffer.from([0, 0, 0, 2, 7, 8])
  const view = new Reader(source).bytes()
  source[4] = 9
  assert.deepEqual([...view], [9, 8])
})
