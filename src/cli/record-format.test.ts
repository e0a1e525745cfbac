import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileFormat, formatJson, type RecordFormatter, type TopicRecord } from './record-format.ts'

const record: TopicRecord = {
  topic: 'orders',
  partition: 3,
  offset: 42,
  timestampMs: 1_700_000_000_000,
  leaderEpoch: 5,
  key: Buffer.from('ключ'),
  value: Buffer.from('value'),
  headers: [
    { key: 'a', value: Buffer.from('1') },
    { key: 'b', value: null },
  ],
}
const tombstone: TopicRecord = { ...record, key: null, value: null, headers: [] }

function text(formatter: RecordFormatter, of = record): string {
  return Buffer.concat(formatter(of).map(piece => Buffer.from(piece as string))).toString()
}

const formats: [format: string, ofRecord: string, ofTombstone: string][] = [
  ['%t/%p/%o', 'orders/3/42', 'orders/3/42'],
  ['%T %d %e', '1700000000000 1700000000000 5', '1700000000000 1700000000000 5'],
  ['%k=%v', 'ключ=value', '='],
  ['%s', 'value', ''],
  ['%K %V %S', '8 5 5', '-1 -1 -1'],
  ['[%h] %H', '[a=1,b=NULL] 2', '[] 0'],
  ['100%%\\n\\x41\\\\', '100%\nA\\', '100%\nA\\'],
  ['%T{iso}', '2023-11-14T22:13:20.000Z', '2023-11-14T22:13:20.000Z'],
  ['%k{hex} %v{base64}', 'd0bad0bbd18ed187 dmFsdWU=', ' '],
  ['%k{json}:%v{json}', '"ключ":"value"', 'null:null'],
  ['%h{%k: %v{json}; }.', 'a: "1"; b: null; .', '.'],
  ['%h{(%k{hex})}', '(61)(62)', ''],
  ['plain ✓', 'plain ✓', 'plain ✓'],
]

for (const [format, ofRecord, ofTombstone] of formats) {
  test(`format ${format}`, () => {
    assert.equal(text(compileFormat(format)), ofRecord)
    assert.equal(text(compileFormat(format), tombstone), ofTombstone)
  })
}

test('bytes come out as they are', () => {
  const bytes = Buffer.from([0xff, 0x00, 0xfe])
  assert.deepEqual(compileFormat('%v')({ ...record, value: bytes }), [bytes])
})

for (const format of ['%q', '%', 'a%', '\\q', '\\', '%v{', '%v{octal}', '%T{go}', '%h{%o}', '%o{hex}']) {
  test(`'${format}' is no format`, () => {
    assert.throws(() => compileFormat(format), { name: 'UsageError' })
  })
}

test('JSON gives text as text, other bytes as base64, and null as null', () => {
  assert.deepEqual(JSON.parse(text(formatJson)), {
    topic: 'orders',
    partition: 3,
    offset: 42,
    timestamp: 1_700_000_000_000,
    key: 'ключ',
    value: 'value',
    headers: [
      { key: 'a', value: '1' },
      { key: 'b', value: null },
    ],
  })
  const odd = { ...tombstone, value: Buffer.from([0xff, 0xfe]) }
  const { key, value, valueBase64 } = JSON.parse(text(formatJson, odd))
  assert.deepEqual([key, value, valueBase64], [null, undefined, '//4='])
})
