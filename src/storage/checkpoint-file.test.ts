import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  formatEpochCheckpoint,
  formatOffsetCheckpoint,
  parseEpochCheckpoint,
  parseOffsetCheckpoint,
} from './checkpoint-file.ts'

it('writes what Kafka writes', () => {
  const offsets = new Map([
    ['my-topic-0', 12],
    ['other-11', 9_007_199_254_740_991],
  ])
  const bytes = formatOffsetCheckpoint(offsets)
  assert.equal(bytes.toString(), '0\n2\nmy-topic 0 12\nother 11 9007199254740991\n')
  assert.deepEqual(parseOffsetCheckpoint(bytes), offsets)
  const epochs = [
    { epoch: 0, startOffset: 0 },
    { epoch: 3, startOffset: 17 },
  ]
  assert.equal(formatEpochCheckpoint(epochs).toString(), '0\n2\n0 0\n3 17\n')
  assert.deepEqual(parseEpochCheckpoint(formatEpochCheckpoint(epochs)), epochs)
})

it('knows every cut text', () => {
  const bytes = formatOffsetCheckpoint(new Map([['t-0', 12]]))
  for (let length = 0; length < bytes.length; length++)
    assert.equal(parseOffsetCheckpoint(bytes.subarray(0, length)), undefined, String(length))
  for (const text of ['1\n0\n', '0\n1\nt x 5\n', '0\n2\n3 5\n1 9\n'])
    assert.equal(parseEpochCheckpoint(Buffer.from(text)), undefined, text)
})
