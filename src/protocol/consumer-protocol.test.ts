import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol.ts'
import { ProtocolError } from './protocol-error.ts'
import { coordinatorPartition } from './murmur2.ts'

test('a subscription is written in order, whatever order it has', () => {
  const blob = encodeSubscription({
    topics: ['b', 'a'],
    userData: null,
    ownedPartitions: [
      { topic: 'b', partition: 2 },
      { topic: 'a', partition: 0 },
      { topic: 'b', partition: 1 },
    ],
    generationId: 5,
    rackId: 'r',
  })
  assert.deepEqual(decodeSubscription(blob), {
    topics: ['a', 'b'],
    userData: null,
    ownedPartitions: [
      { topic: 'a', partition: 0 },
      { topic: 'b', partition: 1 },
      { topic: 'b', partition: 2 },
    ],
    generationId: 5,
    rackId: 'r',
  })
})

test('an older version drops what it does not have', () => {
  const subscription = {
    topics: ['a'],
    userData: Buffer.from('u'),
    ownedPartitions: [{ topic: 'a', partition: 0 }],
    generationId: 5,
    rackId: 'r',
  }
  assert.deepEqual(decodeSubscription(encodeSubscription(subscription, 0)), {
    topics: ['a'],
    userData: Buffer.from('u'),
    ownedPartitions: [],
    generationId: -1,
    rackId: null,
  })
})

test('of a version that is not known the known part is read', () => {
  const blob = encodeAssignment({ partitions: [{ topic: 'a', partition: 3 }], userData: null })
  blob.writeInt16BE(100, 0)
  const longer = Buffer.concat([blob, Buffer.from('more')])
  assert.deepEqual(decodeAssignment(longer), { partitions: [{ topic: 'a', partition: 3 }], userData: null })
})

test('a negative version and a blob that is cut are refused', () => {
  const blob = encodeAssignment({ partitions: [{ topic: 'a', partition: 3 }], userData: null })
  for (let length = 0; length < blob.length; length++) {
    assert.throws(() => decodeAssignment(blob.subarray(0, length)), ProtocolError)
  }
  blob.writeInt16BE(-1, 0)
  assert.throws(() => decodeAssignment(blob), ProtocolError)
})

test('the one hash code without a positive counterpart counts as 0', () => {
  assert.equal(coordinatorPartition('polygenelubricants', 50), 0)
})
