/**
 * Room that is kept back on the disk for what must be possible when it is full: to start after a kill (leader epochs
 * rise, indexes are built again), to stop in an orderly way, and to delete a topic, which is how room is made. A file of random bytes, removed
 * when the room is needed and made again at the end of the next start.
 */
import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import type { MetadataStore } from '#storage/metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'

/** The rows of 60,000 topics, or the indexes of a gigabyte of records. */
export const reserveBytes = 4 * 1024 * 1024
const pieceBytes = 256 * 1024

export class DiskReserve {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Makes the room free. Idempotent. */
  async release(): Promise<void> {
    await rm(this.#path, { force: true })
  }

  /** Takes the room, or as much of it as there is: a full disk is no reason not to start. */
  async fill(): Promise<void> {
    const file = await open(this.#path, 'a').catch(() => undefined)
    if (file === undefined) return
    try {
      // Random bytes: a file system that compresses would store equal ones in no room.
      for (let { size } = await file.stat(); size < reserveBytes; size += pieceBytes)
        await file.writeFile(randomBytes(pieceBytes))
    } catch {
      // No more room.
    } finally {
      await file.close()
    }
  }
}

/** A store that gives its essential changes the reserve when they meet a full disk. */
export function withReserve(store: MetadataStore, reserve: DiskReserve): MetadataStore {
  return {
    load: () => store.load(),
    close: () => store.close(),
    async commit(changes) {
      // After a kill logs are repaired next, and that needs room as well.
      if (changes.some(({ type }) => type === 'raiseLeaderEpochs')) await reserve.release()
      try {
        await store.commit(changes)
      } catch (error) {
        const isFull = error instanceof StorageError && error.code === 'ENOSPC'
        if (!isFull || !changes.some(({ type }) => type === 'deleteTopic')) throw error
        await reserve.release()
        await store.commit(changes)
      }
    },
  }
}
