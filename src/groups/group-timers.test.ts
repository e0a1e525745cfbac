import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { GroupTimers, type DueTimer } from './group-timers.ts'

const command = { type: 'joinExpired' } as const

test('a timer runs out at its last deadline, and moving it on costs no new one', async () => {
  const clock = new FakeClock()
  const due: DueTimer[] = []
  const timers = new GroupTimers(clock, timer => due.push(timer))
  for (let round = 0; round < 10; round++) {
    timers.schedule('session:m', 1000, command)
    await clock.advance(500)
    assert.equal(clock.pendingCount, 1)
  }
  assert.equal(due.length, 0)
  await clock.advance(499)
  assert.equal(due.length, 0)
  await clock.advance(1)
  assert.equal(due.length, 1)
  assert.equal(timers.take(due[0]!), true)
  assert.equal(timers.take(due[0]!), false)
  assert.equal(timers.size, 0)
})

test('an earlier deadline counts at once', async () => {
  const clock = new FakeClock()
  const due: DueTimer[] = []
  const timers = new GroupTimers(clock, timer => due.push(timer))
  timers.schedule('join', 10_000, command)
  timers.schedule('join', 100, command)
  await clock.advance(100)
  assert.equal(due.length, 1)
  assert.equal(clock.pendingCount, 0)
})

test('what was scheduled anew or cancelled since it ran out means nothing any more', async () => {
  const clock = new FakeClock()
  const due: DueTimer[] = []
  const timers = new GroupTimers(clock, timer => due.push(timer))
  timers.schedule('join', 100, command)
  timers.schedule('sync', 100, command)
  await clock.advance(100)
  assert.equal(due.length, 2)
  timers.schedule('join', 100, command)
  timers.cancel('sync')
  assert.deepEqual(
    due.map(timer => timers.take(timer)),
    [false, false],
  )
  await clock.advance(100)
  assert.equal(due.length, 3)
  assert.equal(timers.take(due[2]!), true)
  timers.schedule('join', 100, command)
  timers.cancelAll()
  assert.equal(clock.pendingCount, 0)
})
