/**
 * Bytes whose number is known now and which are read later, piece by piece, while the socket drains.
 * A fetched record set is one: its size goes into the response before a byte of it is in memory.
 */
export interface LazyBytes {
  readonly byteLength: number
  /**
   * Fills `target` with the bytes from `position` on (0 is the first). `position + target.length` is at
   * most `byteLength`.
   * @throws StorageError when they cannot be read; the connection can then only be closed.
   */
  read(position: number, target: Uint8Array): Promise<void>
  /** Gives back what keeps the bytes readable (an open file). Called once, also when nothing was read. */
  release(): void
}

export function isLazyBytes(value: unknown): value is LazyBytes {
  return typeof value === 'object' && value !== null && 'release' in value
}

/** One stretch of an encoded message, in order: bytes in memory, or bytes to be read on the way out. */
export type WirePart = Buffer | LazyBytes
