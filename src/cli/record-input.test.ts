import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  array,
  assert as check,
  integer,
  option,
  property,
  record as object,
  string,
  uint8Array,
} from 'fast-check'
import type { InputRecord } from './input-tokens.ts'
import { compileFormat, formatJson, type TopicRecord } from './record-format.ts'
import { compileInput } from './record-input.ts'

function read(format: string, ...chunks: (Buffer | string)[]): InputRecord[] {
  const input = compileInput(format)()
  return [...chunks.flatMap(chunk => input.push(Buffer.from(chunk as string))), ...input.end()]
}

/** As plain text: key, value, and whatever else was said. */
function shown({ key, value, headers, ...rest }: InputRecord): unknown[] {
  const pairs = headers.map(header => `${header.key}=${header.value?.toString() ?? 'null'}`)
  return [key?.toString() ?? null, value?.toString() ?? null, ...pairs, ...Object.values(rest)]
}

const good: [format: string, input: string, records: unknown[][]][] = [
  [
    '%v\\n',
    'a\nb\n',
    [
      [null, 'a'],
      [null, 'b'],
    ],
  ],
  [
    '%v\\n',
    'a\n\nb',
    [
      [null, 'a'],
      [null, ''],
      [null, 'b'],
    ],
  ],
  [
    '%k:%v\\n',
    'k:v:w\n:\n',
    [
      ['k', 'v:w'],
      ['', ''],
    ],
  ],
  [
    '%k\\t%v\\0',
    'a\tb\0c\td\0',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    '%k => %v;;\\n',
    'a => b;\nc;;\nd => e;;\n',
    [
      ['a', 'b;\nc'],
      ['d', 'e'],
    ],
  ],
  ['%t %p %T %v\\n', 'orders 3 1700 x y\n', [[null, 'x y', 'orders', 3, 1700]]],
  [
    '%h|%v\\n',
    'a=1,b|x\n|y\n',
    [
      [null, 'x', 'a=1', 'b=null'],
      [null, 'y'],
    ],
  ],
  ['%v{hex}\\n', '6f6b\n', [[null, 'ok']]],
  [
    '%k{base64} %v{json}\\n',
    'b2s= "a\\nb"\nb2s {"x":1}\nb2s= null\n',
    [
      ['ok', 'a\nb'],
      ['ok', '{"x":1}'],
      ['ok', null],
    ],
  ],
  [
    '%K %V %k%v\\n',
    '1 3 ka\nb\n-1 -1 \n0 0 \n',
    [
      ['k', 'a\nb'],
      [null, null],
      ['', ''],
    ],
  ],
  [
    '%V:%v',
    '3:abc1:d',
    [
      [null, 'abc'],
      [null, 'd'],
    ],
  ],
  ['%k=%V %v\\n', 'key=2 vv\n', [['key', 'vv']]],
  ['a%%%v\\n', 'a%x\n', [[null, 'x']]],
  [
    'json',
    '{"key":"k","value":"v","topic":"t","partition":1,"timestamp":5,"offset":9}\n',
    [['k', 'v', 't', 1, 5]],
  ],
  [
    'json',
    '{"value":{"a":1},"headers":[{"key":"h","valueBase64":"YQ=="},{"key":"n","value":null}]}\n{}',
    [
      [null, '{"a":1}', 'h=a', 'n=null'],
      [null, null],
    ],
  ],
]

for (const [format, input, records] of good) {
  test(`format ${format} reads ${JSON.stringify(input)}`, () => {
    assert.deepEqual(read(format, input).map(shown), records)
  })
}

const bad: [format: string, input: string, message: RegExp][] = [
  ['%k:%v\\n', 'a:b\nno key\n', /^line 2 has no ':' after %k$/],
  ['%k:%v\\0', 'no key', /^record 1 has no ':' after %k$/],
  ['<%v>\\n', '[x]>\n', /^record 1 has '\[' where the format says '<'$/],
  ['%p %v\\n', 'one x\n', /^line 1 has 'one' for %p, which is no such number$/],
  ['%v{hex}\\n', '6f6\n', /^line 1 has '6f6' for %v\{hex\}$/],
  ['%v{base64}\\n', 'b2s!\n', /^line 1 has 'b2s!' for %v\{base64\}$/],
  ['%v{json}\\n', 'x\n', /^line 1 has 'x' for %v\{json\}$/],
  ['%V %v\\n', '3 abcdef\n', /^record 1 has 'd' where the format says '\\n'$/],
  ['%V %v\\n', '2 ab\n30 abc\n', /^record 2 is cut off by the end of the input$/],
  ['%V %v\\n', '-2 \n', /^record 1 has '-2' for %V/],
  ['json', '{"value":\n', /^line 1 is no JSON/],
  ['json', '[]\n', /^line 1 is no JSON object$/],
  ['json', '{"partition":-1}\n', /^line 1 has a 'partition' that is no whole number$/],
]

for (const [format, input, message] of bad) {
  test(`format ${format} refuses ${JSON.stringify(input)}`, () => {
    assert.throws(() => read(format, input), { message })
  })
}

const noFormats = ['', '%v', 'x\\n', '%o\\n', '%k%v\\n', '%v %v\\n', '%K %k%v', '%t{hex}\\n', '%v{octal}\\n']
for (const format of noFormats) {
  test(`'${format}' is no format to read`, () => {
    assert.throws(() => compileInput(format), { name: 'UsageError' })
  })
}

const bytes = uint8Array({ maxLength: 30 }).map(each => Buffer.from(each))
const anyRecord = object({
  key: option(bytes),
  value: option(bytes),
  headers: array(object({ key: string(), value: option(bytes) }), { maxLength: 3 }),
  partition: integer({ min: 0, max: 50 }),
  timestampMs: integer({ min: 0 }),
})

/** What `consume` prints, `produce` reads: whatever the bytes are, and wherever the chunks end. */
for (const [name, format, write, withHeaders] of [
  ['sizes', '%p %T %K %V %k%v;', compileFormat('%p %T %K %V %k%v;'), false],
  ['JSON', 'json', formatJson, true],
] as const) {
  test(`records survive printing and reading with ${name}`, () => {
    check(
      property(array(anyRecord, { maxLength: 5 }), array(integer({ min: 1, max: 40 })), (records, cuts) => {
        const printed = Buffer.concat(
          records.flatMap((each, offset) => {
            const record: TopicRecord = { ...each, topic: 't', offset, leaderEpoch: 0 }
            return write(record).map(piece => Buffer.from(piece as string))
          }),
        )
        const chunks: Buffer[] = []
        let at = 0
        for (const cut of cuts) {
          chunks.push(printed.subarray(at, at + cut))
          at += cut
        }
        chunks.push(printed.subarray(at))
        assert.deepEqual(
          read(format, ...chunks),
          records.map(({ headers, ...record }) => ({
            ...record,
            ...(format === 'json' ? { topic: 't' } : {}),
            headers: withHeaders ? headers.map(header => ({ ...header })) : [],
          })),
        )
      }),
    )
  })
}
