import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OffsetSpec, parseOffsetRange, parseOffsetSpec } from './offset-spec.ts'

const nowMs = Date.parse('2026-03-04T05:06:07Z')

const good: [string, OffsetSpec][] = [
  ['start', { kind: 'start' }],
  ['earliest', { kind: 'start' }],
  ['end', { kind: 'end' }],
  ['latest', { kind: 'end' }],
  ['0', { kind: 'exact', count: 0 }],
  ['47', { kind: 'exact', count: 47 }],
  ['+10', { kind: 'afterStart', count: 10 }],
  ['-10', { kind: 'beforeEnd', count: 10 }],
  ['@1700000000000', { kind: 'timestamp', timestampMs: 1_700_000_000_000 }],
  ['@2026-03-04', { kind: 'timestamp', timestampMs: Date.parse('2026-03-04T00:00:00Z') }],
  ['@2026-03-04T05:06:07.5Z', { kind: 'timestamp', timestampMs: nowMs + 500 }],
  ['@2026-03-04T06:06:07+01:00', { kind: 'timestamp', timestampMs: nowMs }],
  ['@-90s', { kind: 'timestamp', timestampMs: nowMs - 90_000 }],
  ['@-2h', { kind: 'timestamp', timestampMs: nowMs - 7_200_000 }],
  ['@-99999d', { kind: 'timestamp', timestampMs: 0 }],
  ['@1969-01-01', { kind: 'timestamp', timestampMs: 0 }],
]

for (const [text, expected] of good) {
  test(`${text} is an offset`, () => {
    assert.deepEqual(parseOffsetSpec(text, nowMs), expected)
  })
}

// The last two are times to Date.parse, but in which zone, and of which day, is anybody's guess.
const bad = [
  '',
  'beginn',
  '1.5',
  '--1',
  '+',
  '99999999999999999999',
  '@',
  '@x',
  '@-1',
  '@-1w',
  '@2026-13-01',
  '@2026-03-04T05:06',
  '@04/03/2026',
]

for (const text of bad) {
  test(`'${text}' is no offset`, () => {
    assert.throws(() => parseOffsetSpec(text, nowMs), { name: 'UsageError' })
  })
}

const time = (timestampMs: number): OffsetSpec => ({ kind: 'timestamp', timestampMs })
const exact = (count: number): OffsetSpec => ({ kind: 'exact', count })

const ranges: [string, OffsetSpec, OffsetSpec | undefined][] = [
  ['5', exact(5), undefined],
  ['5:10', exact(5), exact(10)],
  [':10', { kind: 'start' }, exact(10)],
  ['+2:', { kind: 'afterStart', count: 2 }, { kind: 'end' }],
  ['-5:end', { kind: 'beforeEnd', count: 5 }, { kind: 'end' }],
  ['@-1h:@-30m', time(nowMs - 3_600_000), time(nowMs - 1_800_000)],
  ['@2026-03-04T05:06:07Z', time(nowMs), undefined],
  ['@2026-03-04T05:06:07Z:@2026-03-04T05:06:08Z', time(nowMs), time(nowMs + 1000)],
  ['@2026-03-04:@2026-03-04T06:06:07+01:00', time(Date.parse('2026-03-04T00:00:00Z')), time(nowMs)],
]

for (const [text, from, to] of ranges) {
  test(`${text} is a range`, () => {
    assert.deepEqual(parseOffsetRange(text, nowMs), { from, to })
  })
}

for (const text of ['', 'a:b', '1:x', '1:2:3', '@-1h:-2m']) {
  test(`'${text}' is no range`, () => {
    assert.throws(() => parseOffsetRange(text, nowMs), { name: 'UsageError' })
  })
}
