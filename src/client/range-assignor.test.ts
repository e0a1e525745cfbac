import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assignRanges, type Subscriber } from './range-assignor.ts'

function member(memberId: string, topics: string[], groupInstanceId: string | null = null): Subscriber {
  return { memberId, groupInstanceId, topics }
}

function assigned(members: readonly Subscriber[], counts: Record<string, number>): Record<string, string> {
  const map = assignRanges(members, new Map(Object.entries(counts)))
  return Object.fromEntries(
    [...map].map(([id, list]) => [id, list.map(({ topic, partition }) => topic + partition).join(' ')]),
  )
}

const cases: [name: string, Subscriber[], Record<string, number>, Record<string, string>][] = [
  ['comes out even', [member('b', ['t']), member('a', ['t'])], { t: 4 }, { a: 't0 t1', b: 't2 t3' }],
  [
    'the first get one more',
    [member('a', ['t']), member('b', ['t']), member('c', ['t'])],
    { t: 5 },
    { a: 't0 t1', b: 't2 t3', c: 't4' },
  ],
  ['more members than partitions', [member('a', ['t']), member('b', ['t'])], { t: 1 }, { a: 't0', b: '' }],
  [
    'each topic by itself',
    [member('a', ['t', 'u']), member('b', ['u'])],
    { t: 2, u: 2 },
    { a: 't0 t1 u0', b: 'u1' },
  ],
  ['a topic that is not there', [member('a', ['t', 'gone'])], { t: 1 }, { a: 't0' }],
  ['static members first', [member('a', ['t']), member('z', ['t'], 'i')], { t: 3 }, { z: 't0 t1', a: 't2' }],
  [
    'static members by instance id',
    [member('a', ['t'], 'y'), member('b', ['t'], 'x')],
    { t: 2 },
    { b: 't0', a: 't1' },
  ],
]

for (const [name, members, counts, expected] of cases) {
  test(name, () => {
    assert.deepEqual(assigned(members, counts), expected)
  })
}
