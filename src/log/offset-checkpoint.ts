/**
 * One of the two files in the data root that hold an offset for each partition. Changes that come while it is being
 * written go together with the next write. Kafka: OffsetCheckpointFile.
 */
import type { Logger } from '#base/logger.ts'
import { formatOffsetCheckpoint, parseOffsetCheckpoint } from '#storage/checkpoint-file.ts'
import type { FileStore } from '#storage/file-store.ts'
import type { StorageError } from '#storage/storage-error.ts'

export class OffsetCheckpoint {
  readonly #files: FileStore
  readonly #name: string
  #offsets: Map<string, number>
  #writing: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(files: FileStore, name: string, offsets: Map<string, number>) {
    this.#files = files
    this.#name = name
    this.#offsets = offsets
  }

  /** Opens the file; a missing one is empty, and so is, with a warning, a damaged one. */
  static async open(files: FileStore, name: string, logger: Logger): Promise<OffsetCheckpoint> {
    try {
      const offsets = parseOffsetCheckpoint(await files.read(name))
      if (offsets === undefined)
        logger.warn('A checkpoint file is damaged and counts as empty', { file: name })
      return new OffsetCheckpoint(files, name, offsets ?? new Map())
    } catch (error) {
      if ((error as StorageError).code === 'ENOENT') return new OffsetCheckpoint(files, name, new Map())
      throw error
    }
  }

  /** @param folder of the partition, such as `orders-0` */
  get(folder: string): number | undefined {
    return this.#offsets.get(folder)
  }

  set(folder: string, offset: number): void {
    this.#offsets.set(folder, offset)
  }

  delete(folder: string): boolean {
    return this.#offsets.delete(folder)
  }

  /** Resolves when everything set before this call is durable. */
  write(): Promise<void> {
    if (this.#writing === undefined) return this.#begin()
    this.#next ??= this.#writing.then(
      () => this.#begin(),
      () => this.#begin(),
    )
    return this.#next
  }

  #begin(): Promise<void> {
    this.#next = undefined
    const writing = this.#files.replace(this.#name, formatOffsetCheckpoint(this.#offsets)).finally(() => {
      if (this.#writing === writing) this.#writing = undefined
    })
    this.#writing = writing
    return writing
  }
}
