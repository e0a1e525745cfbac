/**
 * The two sparse indexes of a segment, in memory, in the bytes of their files: offset index (8 bytes an entry:
 * offset minus base offset, position) and time index (12 bytes: timestamp, offset minus base offset), big-endian.
 * Kafka: OffsetIndex, TimeIndex. Must not do I/O. Pure.
 */
import { assert } from '#base/assert.ts'
import { readInt64, writeInt64 } from '#protocol/int64.ts'

export const offsetEntryBytes = 8
export const timeEntryBytes = 12
const maxRelativeOffset = 0x7fffffff

/** Entries of a fixed size that are appended and searched. */
class EntryTable {
  readonly entryBytes: number
  #bytes: Buffer
  #count: number

  constructor(entryBytes: number, stored: Buffer = Buffer.alloc(0)) {
    this.entryBytes = entryBytes
    this.#bytes = stored
    this.#count = Math.floor(stored.length / entryBytes)
  }

  get count(): number {
    return this.#count
  }

  /** Bytes that the memory of it takes. */
  get capacityBytes(): number {
    return this.#bytes.length
  }

  /** A view of all entries from `entry` on, as the file has them. */
  bytesFrom(entry: number): Buffer {
    return this.#bytes.subarray(entry * this.entryBytes, this.#count * this.entryBytes)
  }

  /** Makes room for one entry more. @returns its buffer and position */
  add(): { bytes: Buffer; at: number } {
    const at = this.#count * this.entryBytes
    if (at + this.entryBytes > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(16, this.#count * 2) * this.entryBytes)
      this.#bytes.copy(grown, 0, 0, at)
      this.#bytes = grown
    }
    this.#count++
    return { bytes: this.#bytes, at }
  }

  cutTo(count: number): void {
    this.#count = Math.min(this.#count, count)
  }

  int32(entry: number, within: number): number {
    return this.#bytes.readInt32BE(entry * this.entryBytes + within)
  }

  int64(entry: number, within: number): number {
    return readInt64(this.#bytes, entry * this.entryBytes + within)
  }

  /** Ordinal of the last entry for which `isAtMost` holds, which it does for a prefix; -1: for none. */
  lastWhere(isAtMost: (entry: number) => boolean): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isAtMost(middle)) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** Where the batch starts whose last offset is `offset`. */
export interface OffsetPosition {
  readonly offset: number
  readonly position: number
}

export class OffsetIndex {
  readonly baseOffset: number
  readonly #table: EntryTable

  constructor(baseOffset: number, stored?: Buffer) {
    this.baseOffset = baseOffset
    this.#table = new EntryTable(offsetEntryBytes, stored)
  }

  get count(): number {
    return this.#table.count
  }

  get capacityBytes(): number {
    return this.#table.capacityBytes
  }

  get sizeInBytes(): number {
    return this.count * offsetEntryBytes
  }

  at(entry: number): OffsetPosition {
    return {
      offset: this.baseOffset + this.#table.int32(entry, 0),
      position: this.#table.int32(entry, 4),
    }
  }

  /** @param offset last offset of the batch at `position`; both larger than in the entry before */
  append(offset: number, position: number): void {
    const relative = offset - this.baseOffset
    assert(relative >= 0 && relative <= maxRelativeOffset, 'offset out of the range of the index')
    const { bytes, at } = this.#table.add()
    bytes.writeInt32BE(relative, at)
    bytes.writeInt32BE(position, at + 4)
  }

  /** The entry with the largest offset not above `offset`, else the start of the segment. */
  lookup(offset: number): OffsetPosition {
    const relative = offset - this.baseOffset
    const entry = this.#table.lastWhere(candidate => this.#table.int32(candidate, 0) <= relative)
    return entry < 0 ? { offset: this.baseOffset, position: 0 } : this.at(entry)
  }

  /** Drops the entries of batches that end at or after `offset`. */
  truncateTo(offset: number): void {
    const relative = offset - this.baseOffset
    this.#table.cutTo(this.#table.lastWhere(entry => this.#table.int32(entry, 0) < relative) + 1)
  }

  bytesFrom(entry: number): Buffer {
    return this.#table.bytesFrom(entry)
  }

  /** Rising offsets and positions within a file of `logSizeInBytes`. */
  isSane(logSizeInBytes: number): boolean {
    for (let entry = 0; entry < this.count; entry++) {
      const offset = this.#table.int32(entry, 0)
      const position = this.#table.int32(entry, 4)
      if (offset < 0 || position < 0 || position >= logSizeInBytes) return false
      if (entry === 0) continue
      if (offset <= this.#table.int32(entry - 1, 0) || position <= this.#table.int32(entry - 1, 4))
        return false
    }
    return true
  }
}

/** The largest timestamp up to a batch, and that batch's last offset. */
export interface TimestampAt {
  readonly timestampMs: number
  readonly offset: number
}

export class TimeIndex {
  readonly baseOffset: number
  readonly #table: EntryTable

  constructor(baseOffset: number, stored?: Buffer) {
    this.baseOffset = baseOffset
    this.#table = new EntryTable(timeEntryBytes, stored)
  }

  get count(): number {
    return this.#table.count
  }

  get capacityBytes(): number {
    return this.#table.capacityBytes
  }

  at(entry: number): TimestampAt {
    return {
      timestampMs: this.#table.int64(entry, 0),
      offset: this.baseOffset + this.#table.int32(entry, 8),
    }
  }

  /** The last entry; before the first one, "no timestamp" at the base offset. */
  get last(): TimestampAt {
    return this.count === 0 ? { timestampMs: -1, offset: this.baseOffset } : this.at(this.count - 1)
  }

  /** Only a timestamp above the last one makes an entry. */
  maybeAppend(timestampMs: number, offset: number): void {
    if (timestampMs <= this.last.timestampMs) return
    const relative = offset - this.baseOffset
    assert(relative >= 0 && relative <= maxRelativeOffset, 'offset out of the range of the index')
    const { bytes, at } = this.#table.add()
    writeInt64(bytes, at, timestampMs)
    bytes.writeInt32BE(relative, at + 8)
  }

  /** The entry with the largest timestamp not above `timestampMs`. */
  lookup(timestampMs: number): TimestampAt {
    const entry = this.#table.lastWhere(candidate => this.#table.int64(candidate, 0) <= timestampMs)
    return entry < 0 ? { timestampMs: -1, offset: this.baseOffset } : this.at(entry)
  }

  /** Drops entries that speak of offsets at or above `offset`. */
  truncateTo(offset: number): void {
    const relative = offset - this.baseOffset
    this.#table.cutTo(this.#table.lastWhere(entry => this.#table.int32(entry, 8) < relative) + 1)
  }

  bytesFrom(entry: number): Buffer {
    return this.#table.bytesFrom(entry)
  }

  /** Rising timestamps at rising offsets. */
  isSane(): boolean {
    for (let entry = 0; entry < this.count; entry++) {
      const offset = this.#table.int32(entry, 8)
      if (offset < 0) return false
      if (entry === 0) continue
      if (offset < this.#table.int32(entry - 1, 8)) return false
      if (this.#table.int64(entry, 0) <= this.#table.int64(entry - 1, 0)) return false
    }
    return true
  }
}
