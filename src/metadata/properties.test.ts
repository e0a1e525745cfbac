import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseProperties } from './properties.ts'

test('reads keys and values as java.util.Properties does', () => {
  const text = String.raw`# comment
! also one
a=1
  b : 2
c 3
d= spaces kept  
e=one,\
   two,\
   three
f\=g\:h\ i=j
u=\u00e9\u2028
esc=\t\n\\ \q \u12
empty=
alone
a=last wins
tail=x\\
uri=http://host:9092/x?y=z
`
  const expected = {
    a: 'last wins',
    b: '2',
    c: '3',
    d: 'spaces kept  ',
    e: 'one,two,three',
    'f=g:h i': 'j',
    u: 'é\u2028',
    esc: '\t\n\\ q u12',
    empty: '',
    alone: '',
    tail: 'x\\',
    uri: 'http://host:9092/x?y=z',
  }
  assert.deepEqual(Object.fromEntries(parseProperties(text)), expected)
  assert.deepEqual(Object.fromEntries(parseProperties(text.replaceAll('\n', '\r\n'))), expected)
})

test('a comment does not go on, and a backslash at the end of the file is dropped', () => {
  assert.deepEqual(
    [...parseProperties('# c\\\na=1\nb=2\\')],
    [
      ['a', '1'],
      ['b', '2'],
    ],
  )
  assert.deepEqual([...parseProperties('')], [])
})
