import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import type { MetadataChange } from '#storage/metadata-store.ts'
import { MetadataLog, startOfLeadership } from './metadata-log.ts'

const change: MetadataChange = { type: 'setSetting', setting: 'nextProducerId', value: '1000' }
const offset: MetadataChange = {
  type: 'putOffset',
  offset: {
    groupId: 'g',
    topic: 't',
    partition: 0,
    offset: 1n,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: 0,
    expireTimestampMs: -1,
  },
}

async function open(rows = new MemoryMetadataStore().snapshot()) {
  const store = new MemoryMetadataStore({ rows })
  await store.commit(startOfLeadership(await store.load(), 2))
  return { store, log: new MetadataLog(store, await store.load()) }
}

test('counts the changes of each commit, and the start with what it stores', async () => {
  const { log } = await open()
  assert.deepEqual([log.leaderEpoch, log.endOffset], [1, 3])
  await log.commit([change, change])
  assert.equal(log.endOffset, 5)
})

test('committed offsets and groups are no changes of it', async () => {
  const { log, store } = await open()
  await log.commit([offset])
  assert.equal(log.endOffset, 3)
  assert.equal(store.snapshot().offsets.length, 1)
})

test('goes on behind what was stored', async () => {
  const { log, store } = await open()
  await log.commit([change])
  const again = await open(store.snapshot())
  assert.deepEqual([again.log.leaderEpoch, again.log.endOffset], [2, 7])
})

test('a commit that fails is not counted as done, and later ones never fall behind earlier ones', async () => {
  const { log, store } = await open()
  store.failTransaction()
  await assert.rejects(log.commit([change]))
  assert.equal(log.endOffset, 3)
  await Promise.all([log.commit([change]), log.commit([change])])
  assert.equal(log.endOffset, 6)
  assert.equal(store.snapshot().settings.get('metadataOffset'), '6')
})
