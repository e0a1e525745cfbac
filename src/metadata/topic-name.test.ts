import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collisionKey, isInternalTopic, topicNameFault } from './topic-name.ts'

test('legal names', () => {
  for (const name of ['a', 'A-b_c.9', '...', '-', '_', 'x'.repeat(249)])
    assert.equal(topicNameFault(name), undefined)
})

test('illegal names, in Kafka’s words', () => {
  const faults = ['', '.', '..', 'x'.repeat(250), 'a b', 'a/b', 'é', 'a\0', '\ud800', 'a\n'].map(
    topicNameFault,
  )
  assert.equal(faults[0], 'Topic name is invalid: the empty string is not allowed')
  assert.equal(faults[2], "Topic name is invalid: '..' is not allowed")
  assert.match(faults[3] ?? '', /longer than the max allowed length 249/)
  assert.match(faults[4] ?? '', /characters other than ASCII alphanumerics/)
  assert.ok(faults.every(fault => fault !== undefined))
})

test('names that differ in . and _ only collide', () => {
  assert.equal(collisionKey('a.b_c'), collisionKey('a_b.c'))
  assert.notEqual(collisionKey('a.b'), collisionKey('a-b'))
})

test('internal topics', () => {
  assert.ok(isInternalTopic('__consumer_offsets'))
  assert.ok(!isInternalTopic('__consumer_offset'))
})
