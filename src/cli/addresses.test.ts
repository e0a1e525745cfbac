import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddresses } from './addresses.ts'

const good: [string, string][] = [
  ['localhost', 'localhost 9092'],
  ['localhost:1234', 'localhost 1234'],
  ['10.0.0.1:1, 10.0.0.2:2', '10.0.0.1 1; 10.0.0.2 2'],
  ['[::1]:9093', '::1 9093'],
  ['[::1]', '::1 9092'],
]

for (const [text, expected] of good) {
  test(`${text} is an address`, () => {
    const found = parseAddresses(text).map(({ host, port }) => `${host} ${port}`)
    assert.equal(found.join('; '), expected)
  })
}

for (const text of ['', ',', ':9092', 'host:', 'host:x', 'host:0', 'host:65536', '::1', 'a:1:2']) {
  test(`'${text}' is no address`, () => {
    assert.throws(() => parseAddresses(text), { name: 'UsageError' })
  })
}
