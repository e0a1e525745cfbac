import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { OffsetIndex, TimeIndex } from './segment-index.ts'

it('finds the entry at or below any offset, also after it was stored and cut', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(1000), { maxLength: 60 }),
      fc.nat(1100),
      fc.nat(1100),
      (relatives, target, cut) => {
        const base = 5_000_000_000
        const entries = relatives
          .toSorted((a, b) => a - b)
          .map((relative, index) => ({ offset: base + relative, position: (index + 1) * 10 }))
        const index = new OffsetIndex(base)
        for (const { offset, position } of entries) index.append(offset, position)
        const stored = new OffsetIndex(base, Buffer.from(index.bytesFrom(0)))
        assert.ok(stored.isSane(10_000))
        const start = { offset: base, position: 0 }
        assert.deepEqual(
          stored.lookup(base + target),
          entries.findLast(entry => entry.offset <= base + target) ?? start,
        )
        stored.truncateTo(base + cut)
        assert.equal(stored.count, entries.filter(entry => entry.offset < base + cut).length)
      },
    ),
  )
})

it('takes only rising timestamps', () => {
  const index = new TimeIndex(100)
  assert.deepEqual(index.last, { timestampMs: -1, offset: 100 })
  for (const [timestampMs, offset] of [
    [50, 101],
    [40, 102],
    [50, 103],
    [60, 104],
  ] as const)
    index.maybeAppend(timestampMs, offset)
  assert.equal(index.count, 2)
  assert.deepEqual(index.lookup(59), { timestampMs: 50, offset: 101 })
  assert.deepEqual(index.lookup(49), { timestampMs: -1, offset: 100 })
  assert.deepEqual(index.last, { timestampMs: 60, offset: 104 })
  index.truncateTo(104)
  assert.deepEqual(index.last, { timestampMs: 50, offset: 101 })
})

it('is not sane where entries fall or lie beyond the file', () => {
  const bytes = Buffer.alloc(16)
  bytes.writeInt32BE(5, 0)
  bytes.writeInt32BE(100, 4)
  bytes.writeInt32BE(5, 8)
  bytes.writeInt32BE(200, 12)
  assert.ok(!new OffsetIndex(0, bytes).isSane(1000))
  bytes.writeInt32BE(6, 8)
  assert.ok(new OffsetIndex(0, bytes).isSane(1000))
  assert.ok(!new OffsetIndex(0, bytes).isSane(200))
})
