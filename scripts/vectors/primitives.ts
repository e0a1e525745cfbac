/** Variable-length integers and checksums. */
import { crc32 } from 'node:zlib'
import { crc32c, crc32cInJavaScript } from '../../src/protocol/crc32c.ts'
import { clampInt64 } from '../../src/protocol/int64.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { Writer } from '../../src/protocol/writer.ts'
import { expectSame, type Vector, type VectorCheck } from './tally.ts'

export const checkPrimitives: VectorCheck = (vectors, tally) => {
  for (const vector of vectors) {
    const id = `${vector.type} ${vector.type === 'crc' ? `of ${vector.bytes.slice(0, 40)}` : vector.value}`
    tally.run(id, () => (vector.type === 'crc' ? checkCrc(vector) : checkVarint(vector)))
  }
}

function checkVarint({ type, value, hex }: Vector): void {
  const source = Buffer.from(hex, 'hex')
  const reader = new Reader(source)
  const writer = new Writer()
  if (type === 'varlong') {
    expectSame('varlong', String(reader.varlongExact()), value)
    expectSame('varlong as a number', String(new Reader(source).varlong()), String(clampInt64(BigInt(value))))
    writer.varlong(BigInt(value))
  } else if (type === 'varint') {
    expectSame('varint', String(reader.varint()), value)
    writer.varint(Number(value))
  } else {
    expectSame('uvarint', String(reader.uvarint()), value)
    writer.uvarint(Number(value))
  }
  expectSame('bytes left', String(reader.remaining), '0')
  expectSame('encoding', (writer.finish().parts[0] as Buffer).toString('hex'), hex)
}

function checkCrc(vector: Vector): void {
  const bytes = Buffer.from(vector.bytes, 'base64')
  const middle = bytes.length >> 1
  const inTwo = crc32c(bytes.subarray(middle), crc32c(bytes.subarray(0, middle)))
  expectSame('CRC-32C', String(crc32c(bytes)), String(vector.crc32c))
  expectSame('CRC-32C in two pieces', String(inTwo), String(vector.crc32c))
  expectSame('CRC-32C in JavaScript', String(crc32cInJavaScript(bytes)), String(vector.crc32c))
  expectSame('CRC-32', String(crc32(bytes)), String(vector.crc32))
}
