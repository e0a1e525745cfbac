/**
 * The bytes written last, kept in memory so that readers at the end of a log need no disk. One budget for all logs;
 * what was written longest ago goes first. A copy only: everything in it is, or will be, in the file.
 */
import type { BatchHeader } from '#protocol/record-batch.ts'
import type { BatchAt } from './batch-scan.ts'
import { findBatchIn } from './batch-scan.ts'

interface Piece {
  readonly position: number
  readonly nextOffset: number
  readonly bytes: Buffer
}

/** The newest pieces of one segment, without gaps. */
export class SegmentTail {
  #pieces: Piece[] = []
  #first = 0

  /** Position of the first byte held; undefined when nothing is. */
  get startPosition(): number | undefined {
    return this.#pieces[this.#first]?.position
  }

  add(position: number, nextOffset: number, bytes: Buffer): void {
    this.#pieces.push({ position, nextOffset, bytes })
  }

  /** @returns the bytes that are no longer held; undefined when there were none */
  dropOldest(): Buffer | undefined {
    const piece = this.#pieces[this.#first]
    if (piece === undefined) return undefined
    this.#first++
    if (this.#first > 64 && this.#first * 2 > this.#pieces.length) {
      this.#pieces = this.#pieces.slice(this.#first)
      this.#first = 0
    } else {
      // The slot stays until the array is cut; its bytes must not.
      this.#pieces[this.#first - 1] = gone
    }
    return piece.bytes
  }

  /** Fills `target` from `position` on. @returns false when not all of it is here; then nothing is promised */
  copy(position: number, target: Uint8Array): boolean {
    const start = this.startPosition
    if (start === undefined || position < start) return false
    let index = this.#lastWhere(piece => piece.position <= position)
    for (let filled = 0; filled < target.length; index++) {
      const piece = this.#pieces[index]
      if (piece === undefined) return false
      const from = position + filled - piece.position
      if (from >= piece.bytes.length) return false
      const part = piece.bytes.subarray(from, from + target.length - filled)
      target.set(part, filled)
      filled += part.length
    }
    return true
  }

  /**
   * The first batch that ends at or after `offset` and begins before `end`.
   * @returns 'elsewhere' when the answer is not in memory
   */
  find(offset: number, end: number): BatchAt | undefined | 'elsewhere' {
    if (this.startPosition === undefined) return 'elsewhere'
    const index = this.#lastWhere(piece => piece.nextOffset <= offset) + 1
    const piece = this.#pieces[index]
    if (piece === undefined) return undefined
    // Of the first piece it is not known whether the batch before it holds the offset.
    if (index === this.#first && !startsAtOrBefore(piece, offset)) return 'elsewhere'
    if (piece.position >= end) return undefined
    const accept = (header: BatchHeader) => header.lastOffset >= offset
    const { batch } = findBatchIn(piece.bytes, piece.position, accept)
    return batch !== undefined && batch.position < end ? batch : undefined
  }

  /** Index of the last piece for which `isBefore` holds; one less than the first where it holds for none. */
  #lastWhere(isBefore: (piece: Piece) => boolean): number {
    let low = this.#first
    let high = this.#pieces.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(this.#pieces[middle]!)) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

const gone: Piece = { position: 0, nextOffset: 0, bytes: Buffer.alloc(0) }

function startsAtOrBefore(piece: Piece, offset: number): boolean {
  return findBatchIn(piece.bytes, piece.position, header => header.baseOffset <= offset).batch !== undefined
}

export class TailCache {
  readonly #budgetBytes: number
  #usedBytes = 0
  /** One entry for each piece that was added, oldest first. */
  #order: SegmentTail[] = []
  #first = 0
  /**
   * Pieces by the memory they are part of: several batches of one request share its buffer, and each of them keeps
   * all of it. Counted once, with its whole size.
   */
  readonly #piecesOf = new Map<ArrayBufferLike, number>()

  /** @param budgetBytes 0 keeps nothing */
  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** @param bytes whole batches; must not change any more */
  add(tail: SegmentTail, position: number, nextOffset: number, bytes: Buffer): void {
    if (bytes.length > this.#budgetBytes) {
      // A gap is not allowed: what came before would look like the newest.
      this.clear(tail)
      return
    }
    const kept = owned(bytes)
    tail.add(position, nextOffset, kept)
    this.#order.push(tail)
    const pieces = this.#piecesOf.get(kept.buffer) ?? 0
    this.#piecesOf.set(kept.buffer, pieces + 1)
    if (pieces === 0) this.#usedBytes += kept.buffer.byteLength
    while (this.#usedBytes > this.#budgetBytes) this.#dropOldest()
  }

  #dropOldest(): void {
    // A tail that was emptied out of turn (closed, deleted) frees nothing when its turn comes.
    this.#release(this.#order[this.#first]!.dropOldest())
    this.#first++
    if (this.#first < 1024 || this.#first * 2 < this.#order.length) return
    this.#order = this.#order.slice(this.#first)
    this.#first = 0
  }

  #release(bytes: Buffer | undefined): void {
    if (bytes === undefined) return
    const pieces = this.#piecesOf.get(bytes.buffer)! - 1
    if (pieces > 0) {
      this.#piecesOf.set(bytes.buffer, pieces)
      return
    }
    this.#piecesOf.delete(bytes.buffer)
    this.#usedBytes -= bytes.buffer.byteLength
  }

  /** The segment is gone. */
  clear(tail: SegmentTail): void {
    while (tail.startPosition !== undefined) this.#release(tail.dropOldest())
  }
}

/** A very small part of a large buffer is copied: it is not worth the room that the large one takes. */
const minShare = 1 / 32

function owned(bytes: Buffer): Buffer {
  if (bytes.length >= bytes.buffer.byteLength * minShare) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}
