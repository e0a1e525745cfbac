import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { MetadataChange, MetadataStore } from '#storage/metadata-store.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import { DiskReserve, withReserve } from './disk-reserve.ts'

const whole = 4 * 1024 * 1024

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
  assert.equal(await bytes(), whole)
  await reserve.fill()
  assert.equal(await bytes(), whole)
  await reserve.release()
  assert.equal(await bytes(), 0)
})

test('a start gets all of the reserve, and other changes nothing', async t => {
  const { reserve, bytes } = await reserveIn(t)
  await reserve.fill()
  const store = withReserve(
    fullStore(async () => (await bytes()) > 0),
    reserve,
  )
  const setting: MetadataChange = { type: 'setSetting', setting: 'nextProducerId', value: '1000' }
  await assert.rejects(store.commit([setting]), { code: 'ENOSPC' })
  assert.equal(await bytes(), whole)
  await store.commit([{ type: 'raiseLeaderEpochs' }])
  assert.equal(await bytes(), 0)
  await store.commit([setting])
  assert.equal((await store.load()).settings.get('nextProducerId'), '1000')
})

test('the deletion of a topic gets a part, but not what a start needs', async t => {
  const { reserve, bytes } = await reserveIn(t)
  await reserve.fill()
  let leftBytes = whole
  const store = withReserve(
    fullStore(async () => (await bytes()) >= leftBytes),
    reserve,
  )
  const deletion: MetadataChange = { type: 'deleteTopic', name: 'gone' }
  let deletions = 0
  for (; deletions < 100; deletions++) {
    leftBytes = await bytes()
    try {
      await store.commit([deletion])
    } catch (error) {
      assert.equal((error as StorageError).code, 'ENOSPC')
      break
    }
    assert.ok((await bytes()) < leftBytes)
  }
  assert.ok(deletions > 1 && deletions < 100)
  assert.ok((await bytes()) >= whole / 2)
  await reserve.fillAgain()
  assert.equal(await bytes(), whole, 'whole again when there is room')
})

test('a disk that stays full is told', async t => {
  const { reserve } = await reserveIn(t)
  const store = withReserve(
    fullStore(() => Promise.resolve(true)),
    reserve,
  )
  await assert.rejects(store.commit([{ type: 'raiseLeaderEpochs' }]), { code: 'ENOSPC' })
  await assert.rejects(store.commit([{ type: 'deleteTopic', name: 'gone' }]), { code: 'ENOSPC' })
})
