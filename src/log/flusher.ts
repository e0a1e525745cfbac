/**
 * Group commit: decides when which log is synced. A log that asks while its sync runs is synced once more after it,
 * so one sync serves every append that waited. At most two run at once in the process: Node has few threads, and
 * a read or a write must find one. Logs take turns in the order they asked.
 */
export interface Syncable {
  /** Syncs everything written so far. Never rejects: a failure is the log's own business. */
  sync(): Promise<void>
}

const maxConcurrentSyncs = 2

export class Flusher {
  readonly #waiting = new Set<Syncable>()
  readonly #running = new Set<Syncable>()

  /** The log is synced soon, by a sync that begins after this call. */
  request(log: Syncable): void {
    this.#waiting.add(log)
    this.#start()
  }

  /** The log was closed: it is not synced any more. */
  forget(log: Syncable): void {
    this.#waiting.delete(log)
  }

  #start(): void {
    for (const log of this.#waiting) {
      if (this.#running.size >= maxConcurrentSyncs) return
      if (this.#running.has(log)) continue
      this.#waiting.delete(log)
      this.#running.add(log)
      void log.sync().finally(() => {
        this.#running.delete(log)
        this.#start()
      })
    }
  }
}
