import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyChange } from './classic-changes.ts'
import {
  computeSubscribedTopics,
  emptyAssignment,
  isSubscribedToTopic,
  newClassicGroup,
  selectProtocol,
  supportsProtocols,
  type ClassicGroup,
  type GroupProtocol,
} from './classic-group.ts'
import { subscribedTopicsOf } from './subscribed-topics.ts'
import { protocol, subscription } from './test-group.ts'

function groupOf(...protocolLists: (readonly (string | GroupProtocol)[])[]): ClassicGroup {
  const group = newClassicGroup('g', 0)
  for (const [index, list] of protocolLists.entries()) {
    applyChange(group, {
      type: 'memberAdded',
      member: {
        memberId: `m${index}`,
        groupInstanceId: undefined,
        clientId: '',
        clientHost: '',
        sessionTimeoutMs: 1,
        rebalanceTimeoutMs: 1,
        protocolType: 'consumer',
        protocols: list.map(item => (typeof item === 'string' ? protocol(item) : item)),
        assignment: emptyAssignment,
        joinRequestId: undefined,
        syncRequestId: undefined,
        isNew: false,
      },
    })
  }
  if (protocolLists.length > 0) group.state = 'Stable'
  return group
}

test('the protocol is the one most members prefer among those that all have', () => {
  const table: [readonly (readonly string[])[], string | undefined][] = [
    [[['a']], 'a'],
    [[['a', 'b'], ['b']], 'b'],
    [
      [
        ['a', 'b'],
        ['b', 'a'],
        ['b', 'a'],
      ],
      'b',
    ],
    [
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      'a',
    ],
    [
      [
        ['c', 'a', 'b'],
        ['b', 'a'],
        ['a', 'b'],
      ],
      'a',
    ],
    // A name given twice is still one protocol of one member.
    [[['a', 'a'], ['a']], 'a'],
    [[], undefined],
  ]
  for (const [members, expected] of table) {
    assert.equal(selectProtocol(groupOf(...members)), expected, JSON.stringify(members))
  }
})

test('a member fits when it has a protocol that all others have, and their protocol type', () => {
  const group = groupOf(['a', 'b'], ['b', 'c'])
  assert.equal(supportsProtocols(group, 'consumer', [protocol('b')]), true)
  assert.equal(supportsProtocols(group, 'consumer', [protocol('a'), protocol('c')]), false)
  assert.equal(supportsProtocols(group, 'connect', [protocol('b')]), false)
  assert.equal(supportsProtocols(group, 'consumer', []), false)
  const empty = groupOf()
  assert.equal(supportsProtocols(empty, 'anything', [protocol('z')]), true)
  assert.equal(supportsProtocols(empty, '', [protocol('z')]), false)
  assert.equal(supportsProtocols(empty, 'anything', []), false)
})

test('the topics of a subscription are read from its first version, whatever follows', () => {
  const v0 = subscription('alpha', 'bëta')
  assert.deepEqual(subscribedTopicsOf(v0), ['alpha', 'bëta'])
  const later = Buffer.concat([v0, Buffer.from('and what a later version appends')])
  later.writeInt16BE(3, 0)
  assert.deepEqual(subscribedTopicsOf(later), ['alpha', 'bëta'])
  assert.deepEqual(subscribedTopicsOf(subscription()), [])
  for (let length = 0; length < v0.length; length++) {
    assert.equal(subscribedTopicsOf(v0.subarray(0, length)), undefined, `cut to ${length}`)
  }
  const absurd = Buffer.from(v0)
  absurd.writeInt32BE(0x7fffffff, 2)
  assert.equal(subscribedTopicsOf(absurd), undefined)
  absurd.writeInt32BE(-1, 2)
  assert.equal(subscribedTopicsOf(absurd), undefined)
})

test('what a group reads is the union of its subscriptions, or unknown', () => {
  const reading = (...topics: string[]): GroupProtocol => ({
    name: 'range',
    metadata: subscription(...topics),
  })
  const group = groupOf([reading('a')], [reading('b', 'a')])
  group.protocolName = 'range'
  group.subscribedTopics = computeSubscribedTopics(group)
  assert.deepEqual(group.subscribedTopics, new Set(['a', 'b']))
  assert.equal(isSubscribedToTopic(group, 'b'), true)
  assert.equal(isSubscribedToTopic(group, 'c'), false)

  const unreadable = groupOf([reading('a')], [protocol('range', 'x')])
  unreadable.protocolName = 'range'
  unreadable.subscribedTopics = computeSubscribedTopics(unreadable)
  assert.equal(unreadable.subscribedTopics, undefined)
  assert.equal(isSubscribedToTopic(unreadable, 'anything'), true)

  const other = groupOf([reading('a')])
  other.protocolType = 'connect'
  assert.equal(computeSubscribedTopics(other), undefined)
  assert.equal(isSubscribedToTopic(other, 'a'), false)
})
