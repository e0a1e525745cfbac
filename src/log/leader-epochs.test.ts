import assert from 'node:assert/strict'
import { it } from 'node:test'
import { LeaderEpochs } from './leader-epochs.ts'

const history = () =>
  new LeaderEpochs([
    { epoch: 2, startOffset: 10 },
    { epoch: 4, startOffset: 20 },
    { epoch: 7, startOffset: 35 },
  ])

it('answers the end of an epoch as Kafka does', () => {
  const epochs = history()
  const cases: [number, number, number][] = [
    [7, 7, 50],
    [4, 4, 35],
    [3, 2, 20],
    [2, 2, 20],
    [1, 1, 10],
    [8, -1, -1],
    [-1, -1, -1],
  ]
  for (const [asked, leaderEpoch, endOffset] of cases)
    assert.deepEqual(epochs.endOffsetFor(asked, 50), { leaderEpoch, endOffset }, `epoch ${asked}`)
})

it('knows the epoch of an offset', () => {
  assert.deepEqual(
    [9, 10, 19, 20, 35, 1000].map(offset => history().epochOf(offset)),
    [-1, 2, 2, 4, 7, 7],
  )
})

it('drops what a new epoch contradicts', () => {
  const epochs = history()
  epochs.assign(5, 20)
  assert.deepEqual(epochs.entries, [
    { epoch: 2, startOffset: 10 },
    { epoch: 5, startOffset: 20 },
  ])
  const before = epochs.changeCount
  epochs.assign(5, 25)
  assert.equal(epochs.changeCount, before)
})

it('follows the ends of the log', () => {
  const epochs = history()
  epochs.truncateFromEnd(35)
  epochs.truncateFromStart(22)
  assert.deepEqual(epochs.entries, [{ epoch: 4, startOffset: 22 }])
})
