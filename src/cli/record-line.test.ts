import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineParser, type LineOptions, parseHeader } from './record-line.ts'

function parsed(options: LineOptions, line: string): (string | null)[] {
  const { key, value } = lineParser(options)(Buffer.from(line), 7)
  return [key?.toString() ?? null, value?.toString() ?? null]
}

const colon = { keyDelimiter: Buffer.from(':') }

const cases: [name: string, LineOptions, line: string, key: string | null, value: string | null][] = [
  ['no key', {}, 'a:b', null, 'a:b'],
  ['one key for all', { key: 'k' }, 'v', 'k', 'v'],
  ['an empty key is a key', { key: '' }, 'v', '', 'v'],
  ['the first delimiter counts', colon, 'k:v:w', 'k', 'v:w'],
  ['an empty key on the line', colon, ':v', '', 'v'],
  ['a delimiter of several bytes', { keyDelimiter: Buffer.from('=>') }, 'k=>v', 'k', 'v'],
  ['an empty value is a value', colon, 'k:', 'k', ''],
  ['a tombstone', { ...colon, tombstone: true }, 'k:', 'k', null],
  ['a tombstone without a key', { tombstone: true }, '', null, null],
]

for (const [name, options, line, key, value] of cases) {
  test(name, () => {
    assert.deepEqual(parsed(options, line), [key, value])
  })
}

test('a line without the delimiter is named', () => {
  assert.throws(() => parsed(colon, 'value'), /line 7 has no ':'/)
})

test('headers', () => {
  assert.deepEqual(parseHeader('a=b=c'), { key: 'a', value: Buffer.from('b=c') })
  assert.deepEqual(parseHeader('a='), { key: 'a', value: Buffer.alloc(0) })
  assert.deepEqual(parseHeader('a'), { key: 'a', value: null })
})
