import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AssertionError } from '#base/assert.ts'
import { decode, decodeExact, encode } from './codec.ts'
import { EncodeError, ProtocolError } from './protocol-error.ts'
import { Reader } from './reader.ts'
import { array, int32, int64, message, string, struct, type Input, type Schema } from './schema.ts'
import { Writer } from './writer.ts'

const Sample = message(
  { name: 'Sample', validVersions: '0-3', flexibleVersions: '2+' },
  {
    name: string('0+'),
    rack: string('1+', { nullable: '1+', default: null, ignorable: true }),
    topics: array('0+', { topic: string('0+'), partitions: array('0+', 'int32', { nullable: '1+' }) }),
    limit: int64('0-1', { default: 9223372036854775807n }),
    epoch: int32('1+', { default: -1 }),
    leader: struct(
      '2+',
      { id: int32('2+', { default: -1 }), host: string('3+', { ignorable: true }) },
      { tag: 0 },
    ),
    labels: array('3+', 'string', { tag: 1, ignorable: true }),
  },
)

function encoded<V>(schema: Schema<unknown, V>, version: number, value: V): Buffer {
  const writer = new Writer()
  encode(schema, version, value, writer)
  return writer.toBuffer()
}

const defaults = {
  name: '',
  rack: null,
  topics: [],
  limit: 2 ** 53,
  epoch: -1,
  leader: { id: -1, host: '' },
  labels: [],
}

test('fields that were left out are encoded as their defaults', () => {
  const expected = ['0000 00000000', '0000 ffff 00000000', '01 00 01', '01 00 01']
  const tails = ['0020000000000000', '0020000000000000 ffffffff', 'ffffffff 00', 'ffffffff 00']
  for (const version of [0, 1, 2, 3]) {
    const bytes = Buffer.from(`${expected[version]}${tails[version]}`.replaceAll(' ', ''), 'hex')
    assert.deepEqual(encoded(Sample, version, {}), bytes, `version ${version}`)
    assert.deepEqual(decode(Sample, version, new Reader(bytes)), defaults, `version ${version}`)
  }
})

test('a value comes back with the defaults of what its version lacks', () => {
  const value: Input<typeof Sample> = {
    name: 'n',
    topics: [{ topic: 't', partitions: [1, 2] }, { partitions: null }],
    epoch: 4,
    leader: { id: 9, host: 'h' },
    labels: ['x'],
  }
  assert.deepEqual(decode(Sample, 3, new Reader(encoded(Sample, 3, value))), {
    name: 'n',
    rack: null,
    topics: [
      { topic: 't', partitions: [1, 2] },
      { topic: '', partitions: null },
    ],
    limit: 2 ** 53,
    epoch: 4,
    leader: { id: 9, host: 'h' },
    labels: ['x'],
  })
  const older = decode(Sample, 2, new Reader(encoded(Sample, 2, value)))
  assert.deepEqual([older.leader, older.labels], [{ id: 9, host: '' }, []])
})

test('the exact form has bigints', () => {
  const value = decodeExact(Sample, 0, new Reader(Buffer.from('0000000000007fffffffffffffff', 'hex')))
  assert.deepEqual(value, { ...defaults, limit: 9223372036854775807n })
})

test('tags that are not known are passed over, those of a later version too', () => {
  const bytes = Buffer.from(
    '0100 01 ffffffff 03 00 05 00000007 00 01 02 01 01 63 01 ff'.replaceAll(' ', ''),
    'hex',
  )
  const reader = new Reader(bytes)
  assert.deepEqual(decode(Sample, 2, reader), { ...defaults, leader: { id: 7, host: '' } })
  assert.equal(reader.remaining, 0)
})

test('what a version cannot carry is refused, unless it may be ignored', () => {
  assert.throws(() => encoded(Sample, 0, { epoch: 3 }), EncodeError)
  assert.throws(() => encoded(Sample, 1, { leader: { id: 3 } }), EncodeError)
  assert.throws(() => encoded(Sample, 0, { topics: [{ partitions: null }] }), EncodeError)
  assert.deepEqual(
    encoded(Sample, 0, { rack: 'r', labels: ['l'], epoch: -1, leader: { id: -1 } }),
    encoded(Sample, 0, {}),
  )
})

test('null where nothing can be null is refused both ways', () => {
  assert.throws(() => encoded(Sample, 3, { name: null as unknown as string }), EncodeError)
  assert.throws(() => encoded(Sample, 3, { leader: null as unknown as { id: number } }), EncodeError)
  assert.throws(() => decode(Sample, 3, new Reader(Buffer.from('00', 'hex'))), ProtocolError)
})

test('a version that a message does not have is a mistake of ours', () => {
  assert.throws(() => encoded(Sample, 4, {}), AssertionError)
  assert.throws(() => decode(Sample, -1, new Reader(Buffer.alloc(9))), AssertionError)
})
