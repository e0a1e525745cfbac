import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatProgress, type ProgressOptions } from './progress.ts'

const cases: [done: number, elapsedMs: number, ProgressOptions, text: string][] = [
  [0, 0, { unit: 'records', total: 10 }, '[--------------------] 0%  0 of 10, 0 records/s'],
  [
    2500,
    1000,
    { unit: 'records', total: 10_000 },
    '[#####---------------] 25%  2,500 of 10,000, 2,500 records/s, 3 s left',
  ],
  [
    1_500_000,
    500,
    { unit: 'bytes', total: 1_500_000 },
    '[####################] 100%  1.5 MB of 1.5 MB, 3.0 MB/s, 0 s left',
  ],
  [
    1,
    4000,
    { unit: 'bytes', total: 1000 },
    '[--------------------] 0%  1 B of 1.0 KB, 0 B/s, 1 h 6 min left',
  ],
  [
    99,
    1000,
    { unit: 'bytes', total: 9999 },
    '[--------------------] 0%  99 B of 10.0 KB, 99 B/s, 1 min 40 s left',
  ],
  [1234, 2000, { unit: 'records', total: undefined }, '1,234 records, 617 records/s'],
  // More than was there when it began.
  [12, 1000, { unit: 'records', total: 10 }, '[####################] 100%  12 of 10, 12 records/s, 0 s left'],
]

for (const [done, elapsedMs, options, text] of cases) {
  test(`${done} of ${options.total} ${options.unit}`, () => {
    assert.equal(formatProgress(done, elapsedMs, options), text)
  })
}
