import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { ByteBudget } from './byte-budget.ts'

test('bytes are granted at once while there are enough, then in the order of asking', () => {
  const budget = new ByteBudget(100)
  const granted: string[] = []
  budget.take(60, () => granted.push('a'))
  budget.take(50, () => granted.push('b'))
  budget.take(10, () => granted.push('c'))
  assert.deepEqual(granted, ['a'], 'c would fit, and still waits behind b')
  assert.equal(budget.isContended, true)
  assert.equal(budget.waitingBytes, 60)
  budget.giveBack(60)
  assert.equal(budget.waitingBytes, 0)
  assert.deepEqual(granted, ['a', 'b', 'c'])
  assert.equal(budget.freeBytes, 40)
})

test('more than the total is granted when nobody else holds anything', () => {
  const budget = new ByteBudget(100)
  let isGranted = false
  budget.take(1, () => {})
  budget.take(500, () => {
    isGranted = true
  })
  assert.equal(isGranted, false)
  budget.giveBack(1)
  assert.equal(isGranted, true)
})

test('one that leaves the line lets those behind it through', () => {
  const budget = new ByteBudget(100)
  const granted: string[] = []
  budget.take(90, () => granted.push('a'))
  const leave = budget.take(50, () => granted.push('b'))
  budget.take(10, () => granted.push('c'))
  leave()
  assert.deepEqual(granted, ['a', 'c'])
  assert.equal(budget.waitingBytes, 0)
})

test('giving back what was not taken is a bug', () => {
  assert.throws(() => new ByteBudget(100).giveBack(1), /more bytes given back/)
})

test('what is held never passes the total, and everybody is served in the end', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 50 }), sizes => {
      const budget = new ByteBudget(100)
      const held: number[] = []
      let served = 0
      for (const size of sizes) {
        budget.take(size, () => {
          held.push(size)
          served++
          assert.ok(held.reduce((sum, each) => sum + each, 0) <= 100)
        })
      }
      for (let size = held.shift(); size !== undefined; size = held.shift()) budget.giveBack(size)
      assert.equal(served, sizes.length)
      assert.equal(budget.freeBytes, 100)
    }),
  )
})
