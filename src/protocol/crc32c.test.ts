import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { crc32c, crc32cInJavaScript } from './crc32c.ts'

test('agrees with the golden checksums', () => {
  const lines = readFileSync(new URL('../../test/vectors/primitives.ndjson', import.meta.url), 'utf8')
  let checked = 0
  for (const line of lines.split('\n')) {
    if (line === '') continue
    const vector = JSON.parse(line) as { type: string; bytes: string; crc32c: number }
    if (vector.type !== 'crc') continue
    checked++
    assert.equal(crc32c(Buffer.from(vector.bytes, 'base64')), vector.crc32c)
  }
  assert.ok(checked > 0, 'no checksum vector found')
})

test('native and JavaScript agree on every length, and continue from a previous checksum', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), (bytes, cut) => {
      const whole = crc32c(bytes)
      assert.equal(crc32cInJavaScript(bytes), whole)
      const at = Math.min(cut, bytes.length)
      assert.equal(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at))), whole)
      assert.equal(crc32cInJavaScript(bytes.subarray(at), crc32cInJavaScript(bytes.subarray(0, at))), whole)
    }),
  )
})
