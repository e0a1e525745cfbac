import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { ProtocolError } from '#protocol/protocol-error.ts'
import { decodeClassicGroup, encodeClassicGroup } from './group-record.ts'
import { newClassicGroup } from './classic-group.ts'
import { subscription, TestGroup } from './test-group.ts'

interface Vector {
  readonly name: string
  readonly v: number
  readonly kind: string
  readonly json: {
    readonly protocolType: string
    readonly generation: number
    readonly protocol: string | null
    readonly leader: string | null
    readonly members: readonly { memberId: string; groupInstanceId: string | null; subscription: string }[]
  }
  readonly p: string
}

function goldenRecords(): Vector[] {
  const url = new URL('../../test/vectors/messages.ndjson.gz', import.meta.url)
  return gunzipSync(readFileSync(url))
    .toString()
    .split('\n')
    .filter(line => line.includes('"name":"GroupMetadataValue"'))
    .map(line => JSON.parse(line) as Vector)
    .filter(vector => vector.v === 3)
}

test('records that Kafka wrote are read, and those of settled groups written alike', () => {
  const vectors = goldenRecords()
  assert(vectors.length > 3)
  let rewrittenCount = 0
  for (const { kind, json, p } of vectors) {
    const bytes = Buffer.from(p, 'base64')
    const group = decodeClassicGroup('g', bytes)
    assert.equal(group.generationId, json.generation, kind)
    assert.equal(group.protocolName ?? null, json.protocol, kind)
    assert.equal(group.leaderId ?? null, json.leader, kind)
    assert.equal(group.members.size, new Set(json.members.map(({ memberId }) => memberId)).size, kind)
    const distinct = group.members.size === json.members.length && json.protocol !== null
    const timeouts = [...group.members.values()].every(
      member => member.rebalanceTimeoutMs !== member.sessionTimeoutMs,
    )
    if (!distinct || !timeouts || group.stateTimestampMs === undefined) continue
    if (!Number.isSafeInteger(group.stateTimestampMs)) continue
    assert.equal(encodeClassicGroup(group).toString('base64'), p, kind)
    rewrittenCount++
  }
  assert(rewrittenCount > 0, 'no vector was written again')
})

test('a stable group comes back as it was, ready for its members', () => {
  const before = new TestGroup()
  before.stabilise(3, index => ({
    groupInstanceId: index === 2 ? 'static' : undefined,
    protocols: [
      { name: 'range', metadata: subscription(`topic-${index}`) },
      { name: 'sticky', metadata: subscription('else') },
    ],
  }))
  const after = decodeClassicGroup('g', encodeClassicGroup(before.group))
  assert.equal(after.state, 'Stable')
  assert.equal(after.generationId, 1)
  assert.equal(after.leaderId, before.group.leaderId)
  assert.deepEqual(after.staticMembers, before.group.staticMembers)
  assert.deepEqual(after.subscribedTopics, new Set(['topic-0', 'topic-1', 'topic-2']))
  for (const member of before.group.members.values()) {
    const protocols = member.protocols.slice(0, 1)
    assert.deepEqual(after.members.get(member.memberId), { ...member, protocols })
  }
})

test('a group that gathers its first members is kept as empty', () => {
  const gathering = new TestGroup()
  gathering.join()
  const after = decodeClassicGroup('g', encodeClassicGroup(gathering.group))
  assert.deepEqual(after, {
    ...newClassicGroup('g', gathering.group.stateTimestampMs!),
    subscribedTopics: undefined,
  })
})

test('bytes that are no record are refused as such', () => {
  const record = encodeClassicGroup(new TestGroup().group)
  const wrongVersion = Buffer.from(record)
  wrongVersion.writeInt16BE(9, 0)
  assert.throws(() => decodeClassicGroup('g', wrongVersion), ProtocolError)
  for (let length = 0; length < record.length; length++) {
    assert.throws(() => decodeClassicGroup('g', record.subarray(0, length)), ProtocolError)
  }
})
