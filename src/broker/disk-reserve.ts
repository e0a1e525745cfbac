/**
 * Room that is kept back on the disk for what must be possible when it is full: to start after a kill (leader epochs
 * rise, indexes are built again), to stop in an orderly way, and to delete a topic, which is how room is made. A file
 * of random bytes, made smaller when its room is needed and made whole again when there is room.
 */
import { randomBytes } from 'node:crypto'
import { open, rm, stat, statfs, truncate } from 'node:fs/promises'
import type { MetadataStore } from '#storage/metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'

/** The rows of 60,000 topics, or the indexes of a gigabyte of records. */
export const reserveBytes = 4 * 1024 * 1024
/** Of it, what a start can count on, however many topics were deleted before. */
const startBytes = 2 * 1024 * 1024
const pieceBytes = 256 * 1024

export class DiskReserve {
  readonly #path: string
  #filling: Promise<void> | undefined
  /** Some of it was given away since it was filled last. */
  #isShort = false

  /** @param path in a folder that exists */
  constructor(path: string) {
    this.#path = path
  }

  /** Makes all of the room free. Idempotent. */
  async release(): Promise<void> {
    await this.#filling
    await rm(this.#path, { force: true })
  }

  /** Makes some of the room free, not what a start needs. @returns false when there is no more to give */
  async releasePart(): Promise<boolean> {
    await this.#filling
    const bytes = await stat(this.#path).then(
      ({ size }) => size,
      () => 0,
    )
    if (bytes <= startBytes) return false
    await truncate(this.#path, Math.max(bytes - 2 * pieceBytes, startBytes))
    this.#isShort = true
    return true
  }

  /** Takes the room, or as much of it as there is: a full disk is no reason not to start. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined
    })
    return this.#filling
  }

  /** Makes it whole again where part of it was given away and there is more room than it takes. */
  async fillAgain(): Promise<void> {
    if (!this.#isShort) return
    const { bavail, bsize } = await statfs(this.#path)
    if (bavail * bsize < 2 * reserveBytes) return
    this.#isShort = false
    await this.fill()
  }

  async #fill(): Promise<void> {
    const file = await open(this.#path, 'a').catch(() => undefined)
    if (file === undefined) return
    try {
      // Random bytes: a file system that compresses would store equal ones in no room.
      for (let { size } = await file.stat(); size < reserveBytes; size += pieceBytes)
        await file.writeFile(randomBytes(Math.min(pieceBytes, reserveBytes - size)))
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
        if (!(await reserve.releasePart())) throw error
        await store.commit(changes)
        return
      }
      // Not waited for: whoever commits has nothing to do with it.
      reserve.fillAgain().catch(() => {})
    },
  }
}
