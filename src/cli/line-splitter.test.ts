import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { LineSplitter } from './line-splitter.ts'

function lines(chunks: readonly Buffer[], delimiter?: Buffer): string[] {
  const splitter = new LineSplitter(delimiter)
  const found = chunks.flatMap(chunk => splitter.push(chunk))
  const last = splitter.end()
  return [...found, ...(last === undefined ? [] : [last])].map(String)
}

test('an input that ends with a line break has no further line', () => {
  assert.deepEqual(lines([Buffer.from('a\nb\n')]), ['a', 'b'])
  assert.deepEqual(lines([Buffer.from('a\n\nb')]), ['a', '', 'b'])
  assert.deepEqual(lines([]), [])
  assert.deepEqual(lines([Buffer.from('\n')]), [''])
})

test('where the chunks end makes no difference', () => {
  const chunk = fc.stringMatching(/^[ab\n]*$/).map(text => Buffer.from(text))
  fc.assert(
    fc.property(fc.array(chunk), chunks => {
      assert.deepEqual(lines(chunks), lines([Buffer.concat(chunks)]))
    }),
  )
})

test('a delimiter of several bytes is found wherever the chunks end', () => {
  const delimiter = Buffer.from('aab')
  const chunk = fc.stringMatching(/^[abc]*$/).map(text => Buffer.from(text))
  fc.assert(
    fc.property(fc.array(chunk), chunks => {
      const expected = Buffer.concat(chunks).toString().split('aab')
      if (expected.at(-1) === '') expected.pop()
      assert.deepEqual(lines(chunks, delimiter), expected)
    }),
  )
})

test('a line without an end is refused', () => {
  const splitter = new LineSplitter()
  const chunk = Buffer.alloc(16 * 1024 * 1024, 'x')
  for (let count = 0; count < 4; count++) splitter.push(chunk)
  assert.throws(() => splitter.push(chunk), /longer than/)
})
