import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { MetadataChange, MetadataStore } from '#storage/metadata-store.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import { DiskReserve, withReserve } from './disk-reserve.ts'

async function reserveIn(t: { after: (fn: () => Promise<void>) => void }): Promise<{
  readonly reserve: DiskReserve
  readonly bytes: () => Promise<number>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'reserve-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'reserve')
  const bytes = (): Promise<number> =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    )
  return { reserve: new DiskReserve(path), bytes }
}

/** A store on a disk that is full while `isFull` says so. */
function fullStore(isFull: () => Promise<boolean>): MetadataStore {
  const store = new MemoryMetadataStore()
  return {
    load: () => store.load(),
    close: () => store.close(),
    async commit(changes) {
      const full = Object.assign(new Error('no room'), { code: 'ENOSPC' })
      if (await isFull()) throw new StorageError('the disk is full', full)
      await store.commit(changes)
    },
  }
}

test('the reserve is filled, kept at its size, and released', async t => {
  const { reserve, bytes } = await reserveIn(t)
  await reserve.release()
  await reserve.fill()
  assert.equal(await bytes(), 4 * 1024 * 1024)
  await reserve.fill()
  assert.equal(await bytes(), 4 * 1024 * 1024)
  await reserve.release()
  assert.equal(await bytes(), 0)
})

test('essential changes get the reserve on a full disk, others do not', async t => {
  const { reserve, bytes } = await reserveIn(t)
  await reserve.fill()
  const store = withReserve(
    fullStore(async () => (await bytes()) > 0),
    reserve,
  )
  const setting: MetadataChange = { type: 'setSetting', setting: 'nextProducerId', value: '1000' }
  await assert.rejects(store.commit([setting]), { code: 'ENOSPC' })
  assert.ok((await bytes()) > 0)
  await store.commit([{ type: 'raiseLeaderEpochs' }])
  assert.equal(await bytes(), 0)
  await reserve.fill()
  await store.commit([setting, { type: 'deleteTopic', name: 'gone' }])
  assert.equal((await store.load()).settings.get('nextProducerId'), '1000')
})

test('a disk that stays full is told', async t => {
  const { reserve } = await reserveIn(t)
  const store = withReserve(
    fullStore(() => Promise.resolve(true)),
    reserve,
  )
  await assert.rejects(store.commit([{ type: 'raiseLeaderEpochs' }]), { code: 'ENOSPC' })
})
