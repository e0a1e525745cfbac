import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { RequestBudget } from './request-budget.ts'

const mebibyte = 1024 * 1024

function takeMany(budget: RequestBudget, count: number, byteCount: number): number {
  let granted = 0
  for (let taken = 0; taken < count; taken++) budget.take(byteCount, () => granted++)
  return granted
}

test('large frames leave the room of medium ones alone, and the other way round', () => {
  const budget = new RequestBudget(new FakeClock())
  assert.equal(takeMany(budget, 200, 100 * mebibyte), 1, 'one of 100 MiB at a time')
  assert.equal(takeMany(budget, 1, mebibyte), 1)
  assert.equal(takeMany(budget, 200, mebibyte), 63)
  const other = new RequestBudget(new FakeClock())
  takeMany(other, 5000, 2 * mebibyte)
  assert.equal(takeMany(other, 1, 100 * mebibyte), 1)
})

test('room that is given back goes to the next of its size', () => {
  const budget = new RequestBudget(new FakeClock())
  takeMany(budget, 1, 150 * mebibyte)
  let isGranted = false
  budget.take(50 * mebibyte, () => {
    isGranted = true
  })
  assert.equal(isGranted, false)
  budget.giveBack(150 * mebibyte)
  assert.equal(isGranted, true)
})

test('a frame may pause while nobody waits for its room', () => {
  const budget = new RequestBudget(new FakeClock())
  takeMany(budget, 200, 100 * mebibyte)
  takeMany(budget, 10, mebibyte)
  assert.equal(budget.stallLimitMs(mebibyte), undefined)
  assert.equal(budget.frameLimitMs(mebibyte), undefined)
})

test('the more wait, the shorter a frame may pause, and never less than a second', () => {
  const budget = new RequestBudget(new FakeClock())
  takeMany(budget, 65, mebibyte)
  assert.equal(budget.stallLimitMs(mebibyte), 30_000)
  assert.equal(budget.frameLimitMs(mebibyte), 31_000)
  takeMany(budget, 191, mebibyte)
  assert.equal(budget.stallLimitMs(mebibyte), 10_000)
  takeMany(budget, 64_000, mebibyte)
  assert.equal(budget.stallLimitMs(mebibyte), 1_000)
})

test('the longer somebody waits, the shorter a frame may pause', async () => {
  const clock = new FakeClock()
  const budget = new RequestBudget(clock)
  takeMany(budget, 64, mebibyte)
  const leave = budget.take(mebibyte, () => {})
  await clock.advance(20_000)
  takeMany(budget, 1, mebibyte)
  assert.equal(budget.stallLimitMs(mebibyte), 10_000)
  leave()
  assert.equal(budget.stallLimitMs(mebibyte), 30_000, 'the one that waited long has left')
  await clock.advance(60_000)
  assert.equal(budget.stallLimitMs(mebibyte), 1_000)
  budget.giveBack(mebibyte)
  assert.equal(budget.stallLimitMs(mebibyte), undefined)
})
