/**
 * The stores that a broker runs on: a folder on disk, or memory. The only place that knows their forms.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterThisTurn } from '#base/clock.ts'
import { DiskFileStore } from '#storage/disk-file-store.ts'
import type { FileStore } from '#storage/file-store.ts'
import { MemoryFileStore } from '#storage/memory-file-store.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import type { MetadataStore } from '#storage/metadata-store.ts'
import { SqliteMetadataStore } from '#storage/sqlite-metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import { DiskReserve, reserveBytes, withReserve } from './disk-reserve.ts'

export interface Storage {
  readonly files: FileStore
  readonly store: MetadataStore
  /** Called at the end of a start: the room that a full disk must have for the next one is kept back. */
  readonly onStarted?: () => Promise<void>
  /** Called when a stop begins: it must be possible on a full disk. */
  readonly onStopping?: () => Promise<void>
}

/** The database file in a data folder. Everything else in the folder belongs to the logs. */
export const databaseFile = 'odradek.sqlite'
const reserveFile = 'odradek.reserve'

export function openMemory(): Storage {
  return { files: new MemoryFileStore(), store: new MemoryMetadataStore() }
}

/**
 * Opens a data folder, made where it does not exist, and takes its lock.
 * @throws StorageError when it cannot be used; the message says why
 */
export async function openFolder(folder: string): Promise<Storage> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new StorageError(`The data folder ${folder} cannot be made`, error)
  }
  const files = new DiskFileStore(folder)
  const store = await SqliteMetadataStore.open({
    path: join(folder, databaseFile),
    schedule: afterThisTurn,
    syncFolder: () => files.syncFolder(''),
  })
  const reserve = new DiskReserve(join(folder, reserveFile))
  return {
    files,
    store: withReserve(store, reserve),
    onStarted: () => reserve.fill(),
    async onStopping() {
      const usableBytes = await files.volume().then(
        volume => volume.usableBytes,
        () => 0,
      )
      if (usableBytes < reserveBytes) await reserve.release()
    },
  }
}
