/**
 * Bounds the memory of the indexes of inactive segments: the one used longest ago is dropped and read again from its
 * file when it is needed.
 */
export interface IndexOwner {
  /** @returns false when they are needed in memory */
  dropIndexes(): boolean
}

export class IndexCache {
  readonly #budgetBytes: number
  /** Size in bytes of each, the one used longest ago first. */
  readonly #owners = new Map<IndexOwner, number>()
  #usedBytes = 0

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  add(owner: IndexOwner, sizeInBytes: number): void {
    this.forget(owner)
    this.#owners.set(owner, sizeInBytes)
    this.#usedBytes += sizeInBytes
    for (const candidate of this.#owners.keys()) {
      if (this.#usedBytes <= this.#budgetBytes) return
      if (candidate === owner) continue
      if (candidate.dropIndexes()) this.forget(candidate)
    }
  }

  touch(owner: IndexOwner): void {
    const sizeInBytes = this.#owners.get(owner)
    if (sizeInBytes === undefined) return
    this.#owners.delete(owner)
    this.#owners.set(owner, sizeInBytes)
  }

  forget(owner: IndexOwner): void {
    this.#usedBytes -= this.#owners.get(owner) ?? 0
    this.#owners.delete(owner)
  }
}
