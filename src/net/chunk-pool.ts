/**
 * The buffers through which fetched records pass on their way from file to socket: one pool for all connections.
 *
 * A client that does not read holds the chunk that its socket could not take, for as long as it likes. So a chunk
 * is a share of what is still free: large while few connections send, at the smallest when thousands are stuck.
 * The smallest one is always given, so nobody starves: memory is at most `budgetBytes` + connections * minChunkBytes.
 */
const minChunkBytes = 4 * 1024
const maxChunkBytes = 1024 * 1024
/** Buffers kept for reuse; a fresh one of a megabyte costs hundreds of page faults. */
const maxIdleBytes = 8 * 1024 * 1024

export class ChunkPool {
  readonly #budgetBytes: number
  #usedBytes = 0
  #idleBytes = 0
  #idleBySize = new Map<number, Buffer[]>()

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** A buffer of 4 KiB to 1 MiB, a power of two, not much larger than `wantedBytes`; its contents are arbitrary. */
  take(wantedBytes: number): Buffer {
    const share = (this.#budgetBytes - this.#usedBytes) / 16
    let size = minChunkBytes
    while (size < maxChunkBytes && size < wantedBytes && size * 2 <= share) size *= 2
    this.#usedBytes += size
    const idle = this.#idleBySize.get(size)?.pop()
    if (idle === undefined) return Buffer.allocUnsafeSlow(size)
    this.#idleBytes -= size
    return idle
  }

  giveBack(chunk: Buffer): void {
    this.#usedBytes -= chunk.length
    if (this.#idleBytes + chunk.length > maxIdleBytes) return
    this.#idleBytes += chunk.length
    const idle = this.#idleBySize.get(chunk.length)
    if (idle === undefined) this.#idleBySize.set(chunk.length, [chunk])
    else idle.push(chunk)
  }
}
