/**
 * One segment of a log: its `.log` file with the offset and time index beside it. Owns what is known of them (size,
 * largest timestamp, index entries) and finds batches in them. Kafka: LogSegment.
 *
 * What is known of an active segment runs ahead of its files: `account` counts a batch when its place is decided,
 * the log's writer writes it later. Must not decide when to roll, sync or delete.
 */
import { assert } from '#base/assert.ts'
import type { BatchHeader } from '#protocol/record-batch.ts'
import type { BatchAt } from './batch-scan.ts'
import { findBatch, scanBatches } from './batch-scan.ts'
import type { FileStore, StoredFile } from './file-store.ts'
import type { IndexCache } from './index-cache.ts'
import type { TimestampAt } from './segment-index.ts'
import { OffsetIndex, TimeIndex, offsetEntryBytes, timeEntryBytes } from './segment-index.ts'
import { segmentFileName } from './segment-names.ts'
import { StorageError } from './storage-error.ts'
import { SegmentTail } from './tail-cache.ts'

export interface SegmentIndexes {
  readonly offsets: OffsetIndex
  readonly times: TimeIndex
}

export interface SegmentOptions {
  readonly files: FileStore
  readonly folder: string
  readonly baseOffset: number
  readonly cache: IndexCache
  readonly indexIntervalBytes: number
  /** Milliseconds: the age of a segment whose records have no timestamps counts from here. */
  readonly createdMs: number
}

const maxRelativeOffset = 0x7fffffff

export class Segment {
  readonly baseOffset: number
  readonly folder: string
  readonly createdMs: number
  readonly tail = new SegmentTail()
  indexIntervalBytes: number
  sizeInBytes = 0
  /** Offset after the last record. */
  nextOffset: number
  /** Largest timestamp of the first batch; undefined: empty, or not read yet. */
  firstTimestampMs: number | undefined
  lastModifiedMs: number
  readonly #files: FileStore
  readonly #cache: IndexCache
  #log: StoredFile | undefined
  #opening: Promise<StoredFile> | undefined
  #indexes: SegmentIndexes | undefined
  #loading: Promise<SegmentIndexes> | undefined
  /** Entries that the index files have. undefined: unknown, they are written as a whole. */
  #storedEntries: { offsets: number; times: number } | undefined
  #maxTimestamp: TimestampAt | undefined
  #bytesSinceIndexEntry = 0
  #referenceCount = 1
  #onUnused: (() => void) | undefined
  /** Indexes are in memory only, or its bytes still change: they must not be dropped. */
  isPinned = false

  constructor(options: SegmentOptions) {
    this.#files = options.files
    this.#cache = options.cache
    this.folder = options.folder
    this.baseOffset = options.baseOffset
    this.nextOffset = options.baseOffset
    this.indexIntervalBytes = options.indexIntervalBytes
    this.createdMs = options.createdMs
    this.lastModifiedMs = options.createdMs
  }

  path(kind: 'log' | 'index' | 'timeindex' | 'txnindex'): string {
    return `${this.folder}/${segmentFileName(this.baseOffset, kind)}`
  }

  /** Makes the `.log` file of a new segment. Its name is durable after the next sync of the folder. */
  async create(): Promise<void> {
    this.#log = await this.#files.open(this.path('log'), { create: true })
    // What an earlier attempt may have left there was never acknowledged.
    if ((await this.#log.size()) > 0) await this.#log.truncate(0)
  }

  /** The segment is empty and gets batches: its indexes begin empty, in memory. */
  beginEmpty(): void {
    this.useIndexes({ offsets: new OffsetIndex(this.baseOffset), times: new TimeIndex(this.baseOffset) })
    this.#maxTimestamp = { timestampMs: -1, offset: this.baseOffset }
    this.#bytesSinceIndexEntry = 0
    this.isPinned = true
  }

  /** Sets indexes that recovery made or read. @param areStored the files have exactly these */
  useIndexes(indexes: SegmentIndexes, areStored = false): void {
    this.#indexes = indexes
    this.#storedEntries = areStored
      ? { offsets: indexes.offsets.count, times: indexes.times.count }
      : undefined
  }

  /** The index files exist and have all entries. */
  get areIndexesStored(): boolean {
    const stored = this.#storedEntries
    return (
      this.#indexes === undefined ||
      (stored?.offsets === this.#indexes.offsets.count && stored.times === this.#indexes.times.count)
    )
  }

  /** @returns the open `.log` file */
  async log(): Promise<StoredFile> {
    if (this.#log !== undefined) return this.#log
    this.#opening ??= this.#files.open(this.path('log')).finally(() => (this.#opening = undefined))
    this.#log = await this.#opening
    return this.#log
  }

  // -- what is known ---------------------------------------------------------------------------------------------

  /** Counts a batch at the end of an active segment, whose place was just decided. */
  account(lastOffset: number, sizeInBytes: number, maxTimestampMs: number): void {
    const indexes = this.#indexes
    assert(
      indexes !== undefined && this.#maxTimestamp !== undefined,
      'append to a segment that is not active',
    )
    if (this.sizeInBytes === 0) this.firstTimestampMs = maxTimestampMs
    if (maxTimestampMs > this.#maxTimestamp.timestampMs)
      this.#maxTimestamp = { timestampMs: maxTimestampMs, offset: lastOffset }
    if (this.#bytesSinceIndexEntry > this.indexIntervalBytes) {
      indexes.offsets.append(lastOffset, this.sizeInBytes)
      indexes.times.maybeAppend(this.#maxTimestamp.timestampMs, this.#maxTimestamp.offset)
      this.#bytesSinceIndexEntry = 0
    }
    this.#bytesSinceIndexEntry += sizeInBytes
    this.sizeInBytes += sizeInBytes
    this.nextOffset = lastOffset + 1
  }

  /** Whether `offset` can stand in this segment's indexes. */
  canHold(offset: number): boolean {
    return offset - this.baseOffset <= maxRelativeOffset
  }

  /** An index of an active segment has reached segment.index.bytes. */
  isIndexFull(segmentIndexBytes: number): boolean {
    assert(this.#indexes !== undefined, 'only an active segment grows')
    return (
      this.#indexes.offsets.count >= Math.floor(segmentIndexBytes / offsetEntryBytes) ||
      this.#indexes.times.count >= Math.floor(segmentIndexBytes / timeEntryBytes) - 1
    )
  }

  /** Largest timestamp and the last offset of the first batch that has it; -1: no timestamps. */
  async maxTimestamp(): Promise<TimestampAt> {
    if (this.#maxTimestamp !== undefined) return this.#maxTimestamp
    const { times } = await this.indexes()
    this.#maxTimestamp ??= times.last
    return this.#maxTimestamp
  }

  setMaxTimestamp(maxTimestamp: TimestampAt): void {
    this.#maxTimestamp = maxTimestamp
  }

  /** Largest timestamp of its records, else the time of the last write. */
  async largestTimestampMs(): Promise<number> {
    const { timestampMs } = await this.maxTimestamp()
    return timestampMs >= 0 ? timestampMs : this.lastModifiedMs
  }

  // -- finding ----------------------------------------------------------------------------------------------------

  /** The first batch that ends at or after `offset`, among those that begin before `end`. */
  async find(offset: number, end: number): Promise<BatchAt | undefined> {
    const inMemory = this.tail.find(offset, end)
    if (inMemory !== 'elsewhere') return inMemory
    const { offsets } = await this.indexes()
    const { position } = offsets.lookup(offset)
    return findBatch(await this.log(), position, end, header => header.lastOffset >= offset)
  }

  /** The first batch from `position` on that `accept` takes. */
  async findFrom(
    position: number,
    end: number,
    accept: (header: BatchHeader, position: number) => boolean,
  ): Promise<BatchAt | undefined> {
    return findBatch(await this.log(), position, end, accept)
  }

  /** Fills all of `target`, from memory where the bytes are there. */
  async readFully(position: number, target: Uint8Array): Promise<void> {
    if (this.tail.copy(position, target)) return
    const readBytes = await (await this.log()).read(position, target)
    if (readBytes < target.length)
      throw new StorageError(`${this.path('log')} ends before position ${position + target.length}`)
  }

  // -- indexes ----------------------------------------------------------------------------------------------------

  /** The indexes, read from their files where they are not in memory, made anew where the files are no good. */
  indexes(): Promise<SegmentIndexes> {
    if (this.#indexes !== undefined) {
      this.#cache.touch(this)
      return Promise.resolve(this.#indexes)
    }
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined))
    return this.#loading
  }

  /** Reads the index files. @returns undefined when one is missing or is no index of this segment */
  async readIndexFiles(): Promise<SegmentIndexes | undefined> {
    try {
      const [offsets, times] = await Promise.all([
        this.#files.read(this.path('index')),
        this.#files.read(this.path('timeindex')),
      ])
      if (offsets.length % offsetEntryBytes !== 0 || times.length % timeEntryBytes !== 0) return undefined
      const indexes = {
        offsets: new OffsetIndex(this.baseOffset, offsets),
        times: new TimeIndex(this.baseOffset, times),
      }
      return indexes.offsets.isSane(this.sizeInBytes) && indexes.times.isSane() ? indexes : undefined
    } catch (error) {
      if ((error as StorageError).code === 'ENOENT') return undefined
      throw error
    }
  }

  async #load(): Promise<SegmentIndexes> {
    const stored = await this.readIndexFiles()
    const indexes = stored ?? (await this.#rebuild())
    this.#indexes = indexes
    if (stored === undefined) await this.writeIndexes()
    else this.#storedEntries = { offsets: stored.offsets.count, times: stored.times.count }
    this.#cache.add(this, indexes.offsets.capacityBytes + indexes.times.capacityBytes)
    return indexes
  }

  async #rebuild(): Promise<SegmentIndexes> {
    const copy = new Segment({
      files: this.#files,
      folder: this.folder,
      baseOffset: this.baseOffset,
      cache: this.#cache,
      indexIntervalBytes: this.indexIntervalBytes,
      createdMs: this.createdMs,
    })
    copy.beginEmpty()
    await scanBatches(await this.log(), {
      position: 0,
      end: this.sizeInBytes,
      checkCrc: false,
      minOffset: this.baseOffset,
      visit: header => copy.account(header.lastOffset, header.sizeInBytes, header.maxTimestamp),
    })
    copy.finishTimeIndex()
    return await copy.indexes()
  }

  /** Lets the last time entry say what the largest timestamp is, so that it can be found without a scan. */
  finishTimeIndex(): void {
    if (this.#indexes === undefined || this.#maxTimestamp === undefined) return
    this.#indexes.times.maybeAppend(this.#maxTimestamp.timestampMs, this.#maxTimestamp.offset)
  }

  /** Brings the index files up to what is in memory and makes them durable. */
  async writeIndexes(): Promise<void> {
    const indexes = this.#indexes
    if (indexes === undefined) return
    const before = this.#storedEntries
    const counts = { offsets: indexes.offsets.count, times: indexes.times.count }
    // Until both are written nothing is known of the files.
    this.#storedEntries = undefined
    await this.#writeIndex(
      'index',
      indexes.offsets.bytesFrom(before?.offsets ?? 0),
      offsetEntryBytes,
      before?.offsets,
    )
    await this.#writeIndex(
      'timeindex',
      indexes.times.bytesFrom(before?.times ?? 0),
      timeEntryBytes,
      before?.times,
    )
    this.#storedEntries = counts
  }

  async #writeIndex(
    kind: 'index' | 'timeindex',
    bytes: Buffer,
    entryBytes: number,
    storedEntries: number | undefined,
  ): Promise<void> {
    // A copy: entries may be added to the same memory while the write runs.
    const copy = Buffer.from(bytes)
    if (storedEntries === undefined) {
      // Not over the old contents: a snapshot may rely on them, and a crash may tear what is being written.
      await this.#files.replace(this.path(kind), copy)
      return
    }
    if (copy.length === 0) return
    const file = await this.#files.open(this.path(kind))
    try {
      await file.write(storedEntries * entryBytes, [copy])
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** Called by the cache: forgets indexes that the files have too. */
  dropIndexes(): boolean {
    if (this.isPinned) return false
    this.#indexes = undefined
    return true
  }

  /** No more batches come, and its index files are written: its memory may be taken back. */
  unpin(): void {
    this.isPinned = false
    if (this.#indexes !== undefined)
      this.#cache.add(this, this.#indexes.offsets.capacityBytes + this.#indexes.times.capacityBytes)
  }

  // -- life -------------------------------------------------------------------------------------------------------

  /** Keeps the file open and on disk until `release`. */
  retain(): void {
    this.#referenceCount++
  }

  release(): void {
    this.#referenceCount--
    assert(this.#referenceCount >= 0, 'a segment was released too often')
    if (this.#referenceCount === 0) this.#onUnused?.()
  }

  /** Gives up the log's own reference; resolves when no reader is left and the file is closed. */
  async close(): Promise<void> {
    const unused = new Promise<void>(resolve => {
      this.#onUnused = resolve
    })
    this.#cache.forget(this)
    this.release()
    await unused
    await this.#opening?.catch(() => {})
    await this.#log?.close()
  }
}
