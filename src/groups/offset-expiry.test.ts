import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newClassicGroup, type ClassicGroup } from './classic-group.ts'
import { CommittedOffsets, expireTimestampMs } from './committed-offsets.ts'
import { expireOffsets } from './offset-expiry.ts'

const nowMs = 1_000_000
const retentionMs = 1000

function group(changes: Partial<ClassicGroup>): ClassicGroup {
  return { ...newClassicGroup('g', 0), ...changes }
}

/** Partition 0 committed `ageMs` ago, and so on. */
function offsets(topics: Record<string, readonly number[]>, expireAtMs = -1): CommittedOffsets {
  const committed = new CommittedOffsets()
  for (const [topic, agesMs] of Object.entries(topics)) {
    for (const [partition, ageMs] of agesMs.entries()) {
      const commitTimestampMs = nowMs - ageMs
      const expiry = { commitTimestampMs, expireTimestampMs: expireAtMs }
      committed.put(topic, partition, { offset: 1n, leaderEpoch: -1, metadata: '', ...expiry })
    }
  }
  return committed
}

test('what expires, by the kind and state of the group', () => {
  const aged = { a: [999, 1000], b: [5000] }
  const simple = group({})
  const emptySince = (ageMs: number): ClassicGroup =>
    group({ protocolType: 'consumer', stateTimestampMs: nowMs - ageMs, subscribedTopics: new Set() })
  const running = (state: 'Stable' | 'CompletingRebalance', topics: string[] | undefined): ClassicGroup =>
    group({ protocolType: 'consumer', state, subscribedTopics: topics && new Set(topics) })
  const table: [string, ClassicGroup, string[], boolean][] = [
    ['simple: since the commit', simple, ['a1', 'b0'], false],
    ['empty for long: all', emptySince(1000), ['a0', 'a1', 'b0'], true],
    ['empty for a moment: none', emptySince(999), [], false],
    [
      'empty, unknown since when: since the commit',
      group({ protocolType: 'consumer', stateTimestampMs: undefined, subscribedTopics: new Set() }),
      ['a1', 'b0'],
      false,
    ],
    ['stable: topics it no longer reads', running('Stable', ['a']), ['b0'], false],
    ['stable, reading all', running('Stable', ['a', 'b']), [], false],
    ['stable, unknown topics', running('Stable', undefined), [], false],
    ['rebalancing', running('CompletingRebalance', ['a']), [], false],
    ['running with another protocol', group({ protocolType: 'connect', state: 'Stable' }), [], false],
  ]
  for (const [name, state, expected, isAllGone] of table) {
    const expiry = expireOffsets(state, offsets(aged).byTopic, retentionMs, nowMs)
    assert.deepEqual(
      expiry.expired.map(({ topic, partition }) => `${topic}${partition}`),
      expected,
      name,
    )
    assert.equal(expiry.isAllGone, isAllGone, name)
  }
})

test('a commit with a retention of its own follows that alone', () => {
  const due = offsets({ a: [0] }, nowMs)
  assert.equal(expireOffsets(group({}), due.byTopic, retentionMs, nowMs).expired.length, 1)
  const notYet = offsets({ a: [9_999_999] }, nowMs + 1)
  assert.equal(expireOffsets(group({}), notYet.byTopic, retentionMs, nowMs).expired.length, 0)
  assert.equal(expireTimestampMs(-1, nowMs), -1)
  assert.equal(expireTimestampMs(500, nowMs), nowMs + 500)
  assert.equal(expireTimestampMs(2 ** 53, nowMs), Number.MAX_SAFE_INTEGER)
})

test('a group without offsets has nothing to keep', () => {
  assert.deepEqual(expireOffsets(group({}), new CommittedOffsets().byTopic, retentionMs, nowMs), {
    expired: [],
    isAllGone: true,
  })
})
