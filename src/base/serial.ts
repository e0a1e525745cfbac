/**
 * Runs asynchronous tasks one after the other, in the order they were handed in.
 * The state of one key (a group, a partition) is read and written only inside its own queue.
 */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve()
  #pendingCount = 0

  /** Resolves or rejects as `task` does. A task that fails does not stop the ones behind it. */
  run<Result>(task: () => Promise<Result> | Result): Promise<Result> {
    this.#pendingCount++
    const result = this.#tail.then(task)
    this.#tail = result.then(
      () => this.#pendingCount--,
      () => this.#pendingCount--,
    )
    return result
  }

  /** Tasks that wait or run. */
  get pendingCount(): number {
    return this.#pendingCount
  }
}
