/**
 * Gathers the commits of one turn of the event loop into one transaction, for both forms of MetadataStore.
 * It knows nothing of rows: `apply` is handed the changes of all commits, in their order, and does all or none.
 */
import { deferred } from '#base/deferred.ts'
import type { Deferred } from '#base/deferred.ts'
import type { MetadataChange } from './metadata-store.ts'
import { StorageError } from './storage-error.ts'

/** Calls back once at the end of the turn of the event loop. */
export type Schedule = (callback: () => void) => void

export class CommitQueue {
  readonly #apply: (changes: readonly MetadataChange[]) => void
  readonly #schedule: Schedule
  #changes: MetadataChange[] = []
  #waiting: Deferred<void>[] = []
  #closed = false

  /** @param apply does all changes durably, or throws a StorageError and has done none */
  constructor(apply: (changes: readonly MetadataChange[]) => void, schedule: Schedule) {
    this.#apply = apply
    this.#schedule = schedule
  }

  commit(changes: readonly MetadataChange[]): Promise<void> {
    if (this.#closed) return Promise.reject(new StorageError('the metadata store is closed'))
    if (this.#waiting.length === 0) this.#schedule(() => this.#flush())
    for (const change of changes) this.#changes.push(change)
    const commit = deferred<void>()
    this.#waiting.push(commit)
    return commit.promise
  }

  /** Commits what waits; later commits are refused. Idempotent. */
  close(): void {
    this.#flush()
    this.#closed = true
  }

  #flush(): void {
    const waiting = this.#waiting
    const changes = this.#changes
    if (waiting.length === 0) return
    this.#waiting = []
    this.#changes = []
    try {
      this.#apply(changes)
    } catch (error) {
      for (const commit of waiting) commit.reject(error)
      return
    }
    for (const commit of waiting) commit.resolve()
  }
}
