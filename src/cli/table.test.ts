import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatFacts, formatTable } from './table.ts'

test('columns are as wide as their widest cell, numbers stand right', () => {
  const columns = [{ title: 'NAME' }, { title: 'N', align: 'right' }, { title: 'HOST' }] as const
  const rows = [
    ['orders', '7', ''],
    ['a', '1234', 'here'],
  ]
  assert.equal(formatTable(columns, rows), 'NAME       N  HOST\norders     7\na       1234  here\n')
})

test('a table without rows has its titles', () => {
  assert.equal(formatTable([{ title: 'NAME' }, { title: 'N', align: 'right' }], []), 'NAME  N\n')
})

test('facts', () => {
  assert.equal(
    formatFacts([
      ['A', '1'],
      ['LONG', ''],
    ]),
    'A     1\nLONG\n',
  )
})
