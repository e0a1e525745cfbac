/**
 * Moves a fake clock on until a promise is settled: between bytes that go through streams, which takes turns of the
 * event loop, and pauses, which take time of the clock.
 */
import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { FakeClock } from '#base/clock.ts'

const stepMs = 5
const turnsPerStep = 5

/** @param withinMs of the fake clock; more fails the test */
export async function settled<Value>(
  clock: FakeClock,
  promise: Promise<Value>,
  withinMs = 10_000,
): Promise<Value> {
  const pending = Symbol('pending')
  promise.catch(() => {})
  for (let passedMs = 0; passedMs <= withinMs; passedMs += stepMs) {
    for (let turn = 0; turn < turnsPerStep; turn++) {
      const outcome = await Promise.race([promise, setImmediate(pending)])
      if (outcome !== pending) return outcome
    }
    await clock.advance(stepMs)
  }
  return assert.fail(`not settled within ${withinMs} ms`)
}
