/**
 * The contents of one file in RAM, in chunks, so that a growing file is never copied as a whole. Remembers, where
 * asked to, what of it was synced. Pure.
 */
import type { Random } from '#base/random.ts'

const chunkBytes = 256 * 1024
/** A file starts this small; its first chunk doubles until it has the size of the others. */
const firstBytes = 4 * 1024
/** What a crash keeps or loses as one piece: a sector. */
const pageBytes = 512

export class MemoryBytes {
  #chunks: Buffer[] = []
  #size = 0
  /** Old contents of pages changed since the last sync, and the size then. */
  readonly #synced: { pages: Map<number, Buffer>; size: number } | undefined

  constructor(crashable: boolean) {
    this.#synced = crashable ? { pages: new Map(), size: 0 } : undefined
  }

  get sizeInBytes(): number {
    return this.#size
  }

  /** @returns bytes read: less than asked at the end of the file */
  read(position: number, target: Uint8Array): number {
    const end = Math.min(position + target.length, this.#size)
    for (let at = position; at < end;) {
      const within = at % chunkBytes
      const count = Math.min(chunkBytes - within, end - at)
      target.set(this.#chunks[Math.floor(at / chunkBytes)]!.subarray(within, within + count), at - position)
      at += count
    }
    return Math.max(0, end - position)
  }

  /** Writes the first `byteCount` bytes of all buffers. */
  write(position: number, buffers: readonly Uint8Array[], byteCount: number): void {
    this.#keepPages(Math.min(position, this.#size), position + byteCount)
    this.#reserve(position + byteCount)
    let at = position
    const end = position + byteCount
    for (const buffer of buffers) {
      const take = Math.min(buffer.length, end - at)
      for (let taken = 0; taken < take;) {
        const within = at % chunkBytes
        const count = Math.min(chunkBytes - within, take - taken)
        this.#chunks[Math.floor(at / chunkBytes)]!.set(buffer.subarray(taken, taken + count), within)
        taken += count
        at += count
      }
    }
    this.#size = Math.max(this.#size, end)
  }

  truncate(sizeInBytes: number): void {
    if (sizeInBytes >= this.#size) return
    this.#keepPages(sizeInBytes, this.#size)
    this.#size = sizeInBytes
    this.#chunks.length = Math.ceil(sizeInBytes / chunkBytes)
    // What is written beyond the end later must find zeros before it.
    this.#chunks.at(-1)?.fill(0, sizeInBytes - (this.#chunks.length - 1) * chunkBytes)
  }

  sync(): void {
    if (this.#synced === undefined) return
    this.#synced.pages.clear()
    this.#synced.size = this.#size
  }

  /** Leaves what a disk may have after a power failure: see memory-file-store.ts. */
  crash(random: Random): void {
    if (this.#synced === undefined) throw new Error('this file was not made for crashes')
    const { pages, size } = this.#synced
    const shorter = Math.min(size, this.#size)
    const target = shorter + random.below(Math.abs(size - this.#size) + 1)
    const keepAll = random.below(3) === 0
    this.#reserve(size)
    this.#size = Math.max(size, this.#size)
    for (const [page, old] of pages) if (!keepAll && random.below(2) === 0) this.#setPage(page, old)
    pages.clear()
    this.truncate(target)
    this.sync()
  }

  #reserve(size: number): void {
    for (;;) {
      const last = this.#chunks.at(-1)
      const capacity = last === undefined ? 0 : (this.#chunks.length - 1) * chunkBytes + last.length
      if (capacity >= size) return
      if (last === undefined || last.length === chunkBytes) {
        this.#chunks.push(Buffer.alloc(last === undefined ? firstBytes : chunkBytes))
        continue
      }
      const grown = Buffer.alloc(last.length * 2)
      grown.set(last)
      this.#chunks[this.#chunks.length - 1] = grown
    }
  }

  #keepPages(from: number, to: number): void {
    if (this.#synced === undefined) return
    for (let page = Math.floor(from / pageBytes); page * pageBytes < to; page++) {
      if (this.#synced.pages.has(page)) continue
      const old = Buffer.alloc(pageBytes)
      this.read(page * pageBytes, old)
      this.#synced.pages.set(page, old)
    }
  }

  #setPage(page: number, bytes: Buffer): void {
    const at = page * pageBytes
    if (at >= this.#size) return
    const chunk = this.#chunks[Math.floor(at / chunkBytes)]!
    chunk.set(bytes.subarray(0, Math.min(pageBytes, this.#size - at)), at % chunkBytes)
  }
}
