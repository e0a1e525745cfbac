import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { SeededRandom } from '#base/random.ts'
import {
  FetchSessions,
  type FetchContext,
  type FetchRequestSession,
  type FetchTarget,
} from './fetch-session.ts'

const target = (partition: number, fetchOffset = 0): FetchTarget => ({
  topic: 't',
  topicId: 'id',
  partition,
  fetchOffset,
  maxBytes: 100,
  currentLeaderEpoch: -1,
  lastFetchedEpoch: -1,
})
const quiet = { hasError: false, hasRecords: false, highWatermark: 5, logStartOffset: 0 }

function open(maxCount = 10) {
  const clock = new FakeClock()
  const sessions = new FetchSessions(
    clock,
    new SeededRandom(1),
    () => maxCount,
    () => 120_000,
  )
  const begin = (request: Partial<FetchRequestSession>): FetchContext =>
    sessions.begin({
      sessionId: 0,
      sessionEpoch: 0,
      usesTopicIds: true,
      targets: [],
      forgotten: [],
      ...request,
    })
  const beginWell = (request: Partial<FetchRequestSession>) => {
    const context = begin(request)
    assert.equal(context.error, 'NONE')
    return context
  }
  return { clock, sessions, begin, beginWell }
}

test('a session tells only what is news', () => {
  const { beginWell } = open()
  const first = beginWell({ targets: [target(0), target(1)] })
  assert.notEqual(first.sessionId, 0)
  for (const each of first.targets) assert.equal(first.tells(each, quiet), true, 'everything the first time')
  const second = beginWell({ sessionId: first.sessionId, sessionEpoch: 1 })
  assert.deepEqual(
    second.targets.map(each => each.partition),
    [0, 1],
  )
  assert.equal(second.tells(target(0), quiet), false)
  assert.equal(second.tells(target(1), { ...quiet, highWatermark: 6 }), true)
  const third = beginWell({ sessionId: first.sessionId, sessionEpoch: 2 })
  assert.equal(third.tells(target(0), { ...quiet, hasError: true }), true)
  const fourth = beginWell({ sessionId: first.sessionId, sessionEpoch: 3 })
  assert.equal(fourth.tells(target(0), quiet), true, 'after an error the offsets are told again')
  assert.equal(fourth.tells(target(1), { ...quiet, highWatermark: 6, logStartOffset: 1 }), true)
})

test('a partition with records is served last the next time', () => {
  const { beginWell } = open()
  const { sessionId, tells } = beginWell({ targets: [target(0), target(1), target(2)] })
  tells(target(0), { ...quiet, hasRecords: true })
  const next = beginWell({ sessionId, sessionEpoch: 1 })
  assert.deepEqual(
    next.targets.map(each => each.partition),
    [1, 2, 0],
  )
})

test('a request changes, adds and forgets partitions', () => {
  const { beginWell, sessions } = open()
  const { sessionId } = beginWell({ targets: [target(0), target(1)] })
  const next = beginWell({
    sessionId,
    sessionEpoch: 1,
    targets: [target(1, 7), target(2)],
    forgotten: [target(0)],
  })
  assert.deepEqual(
    next.targets.map(each => [each.partition, each.fetchOffset]),
    [
      [1, 7],
      [2, 0],
    ],
  )
  const empty = beginWell({ sessionId, sessionEpoch: 2, forgotten: [target(1), target(2)] })
  assert.equal(empty.sessionId, 0)
  assert.equal(sessions.count, 0, 'a session without partitions is over')
})

test('unknown sessions, wrong epochs and a change to topic ids are told', () => {
  const { begin, beginWell } = open()
  assert.equal(begin({ sessionId: 9, sessionEpoch: 1 }).error, 'FETCH_SESSION_ID_NOT_FOUND')
  const { sessionId } = beginWell({ targets: [target(0)] })
  assert.equal(begin({ sessionId, sessionEpoch: 2 }).error, 'INVALID_FETCH_SESSION_EPOCH')
  assert.equal(
    begin({ sessionId, sessionEpoch: 1, usesTopicIds: false }).error,
    'FETCH_SESSION_TOPIC_ID_ERROR',
  )
})

test('the final epoch closes a session, and epoch 0 replaces it', () => {
  const { begin, beginWell, sessions } = open()
  const { sessionId } = beginWell({ targets: [target(0)] })
  const replaced = beginWell({ sessionId, targets: [target(0)] })
  assert.equal(sessions.count, 1)
  const closing = beginWell({ sessionId: replaced.sessionId, sessionEpoch: -1, targets: [target(0)] })
  assert.equal(closing.sessionId, 0)
  assert.equal(closing.targets.length, 1)
  assert.equal(begin({ sessionId: replaced.sessionId, sessionEpoch: 1 }).error, 'FETCH_SESSION_ID_NOT_FOUND')
})

test('when all places are taken a new client gets none until one was unused for long', async () => {
  const { clock, beginWell } = open(1)
  const first = beginWell({ targets: [target(0)] })
  assert.equal(beginWell({ targets: [target(0)] }).sessionId, 0)
  await clock.advance(119_000)
  beginWell({ sessionId: first.sessionId, sessionEpoch: 1 })
  await clock.advance(2_000)
  assert.equal(beginWell({ targets: [target(0)] }).sessionId, 0, 'used two seconds ago')
  await clock.advance(118_000)
  assert.notEqual(beginWell({ targets: [target(0)] }).sessionId, 0)
})
