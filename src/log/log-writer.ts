/**
 * Brings what a log has decided to its disk, in order: one write in flight, everything that was decided meanwhile
 * goes with the next one; then the flush policy; then the high watermark moves and who waits is told.
 *
 * Owns the offsets that say how far that is. The first failure ends it for good: everything that waits fails with
 * it, and the log is reopened through recovery. Must not know what a batch means.
 */
import type { Clock, Timer } from '#base/clock.ts'
import type { FileStore } from '#storage/file-store.ts'
import type { Segment } from '#storage/segment.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { TailCache } from '#storage/tail-cache.ts'
import type { Flusher, Syncable } from './flusher.ts'

/** A place in the log: an offset, and the position in the segment that the batch at that offset has or will have. */
export interface LogPosition {
  readonly offset: number
  readonly segment: Segment
  readonly position: number
}

interface QueuedWrite {
  readonly segment: Segment
  readonly position: number
  readonly bytes: Buffer
  readonly nextOffset: number
}

/** The write that follows goes to a new segment. */
interface QueuedRoll {
  readonly rollTo: Segment
}

interface Waiter {
  readonly offset: number
  resolve(): void
  reject(error: StorageError): void
}

export interface LogWriterOptions {
  readonly clock: Clock
  readonly files: FileStore
  readonly flusher: Flusher
  readonly tails: TailCache
  /** Everything below is written and durable. */
  readonly start: LogPosition
  readonly flushMessages: number
  readonly flushMs: number
  onHighWatermark(): void
  /** Called once. `error.code` tells a full disk. */
  onFailure(error: StorageError): void
}

/** One writev takes at most so much; the rest follows with the next one. */
const maxWriteBytes = 8 * 1024 * 1024
const maxWriteBuffers = 1024

export class LogWriter implements Syncable {
  readonly #options: LogWriterOptions
  #queue: (QueuedWrite | QueuedRoll)[] = []
  #isWriting = false
  #isSyncing = false
  #waiters: Waiter[] = []
  #idleWaiters: (() => void)[] = []
  #syncWaiters: Waiter[] = []
  /** Segments with unsynced bytes, oldest first. */
  #dirty = new Set<Segment>()
  /** A file was created whose name may not be durable. */
  #isFolderDirty = false
  #written: LogPosition
  #synced: LogPosition
  #highWatermark: LogPosition
  #flushTimer: Timer | undefined
  #failure: StorageError | undefined
  #isClosed = false
  flushMessages: number
  flushMs: number

  constructor(options: LogWriterOptions) {
    this.#options = options
    this.#written = options.start
    this.#synced = options.start
    this.#highWatermark = options.start
    this.flushMessages = options.flushMessages
    this.flushMs = options.flushMs
  }

  /** Everything below was written and synced. */
  get syncedOffset(): number {
    return this.#synced.offset
  }

  get highWatermark(): LogPosition {
    return this.#highWatermark
  }

  get failure(): StorageError | undefined {
    return this.#failure
  }

  /** Queues decided bytes. They must not change any more. */
  write(segment: Segment, position: number, bytes: Buffer, nextOffset: number): void {
    this.#queue.push({ segment, position, bytes, nextOffset })
    this.#options.tails.add(segment.tail, position, nextOffset, bytes)
    if (!this.#isWriting) this.#writeNext()
  }

  /** Queues the creation of the segment that the next writes go to. */
  roll(segment: Segment): void {
    this.#queue.push({ rollTo: segment })
    if (!this.#isWriting) this.#writeNext()
  }

  /**
   * Calls `resolve` when the flush policy of everything below `offset` holds, at once where it does already.
   */
  whenVisible(offset: number, resolve: () => void, reject: (error: StorageError) => void): void {
    if (this.#failure !== undefined) reject(this.#failure)
    else if (offset <= this.#highWatermark.offset) resolve()
    else this.#waiters.push({ offset, resolve, reject })
  }

  /** Resolves when everything below `offset` is synced, whatever the flush policy says. */
  whenSynced(offset: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (offset <= this.#synced.offset) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#syncWaiters.push({ offset, resolve, reject })
      if (this.#written.offset > this.#synced.offset) this.#options.flusher.request(this)
    })
  }

  /** Resolves when everything that was queued is written and synced. */
  async flush(): Promise<void> {
    while (this.#failure === undefined && (this.#queue.length > 0 || this.#isWriting)) await this.#nextIdle()
    while (this.#failure === undefined && (this.#dirty.size > 0 || this.#isFolderDirty || this.#isSyncing)) {
      this.#options.flusher.request(this)
      await this.#nextIdle()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Part of Flusher's contract: called by it only. */
  async sync(): Promise<void> {
    if (this.#failure !== undefined || this.#isClosed) return
    const target = this.#written
    const segments = [...this.#dirty]
    const syncsFolder = this.#isFolderDirty
    this.#dirty.clear()
    this.#isFolderDirty = false
    this.#isSyncing = true
    try {
      for (const segment of segments) await (await segment.log()).sync()
      if (syncsFolder) await this.#options.files.syncFolder(target.segment.folder)
      this.#isSyncing = false
    } catch (error) {
      this.#isSyncing = false
      this.fail(error)
    }
    if (this.failure === undefined) {
      this.#synced = target
      this.#applyFlushPolicy()
      this.#resolveSyncWaiters()
    }
    this.#wakeIdle()
  }

  /** No more is written; what waits fails. */
  close(error: StorageError): void {
    this.#isClosed = true
    this.fail(error, false)
  }

  fail(cause: unknown, isFault = true): void {
    if (this.#failure !== undefined) return
    const error = cause instanceof StorageError ? cause : new StorageError(String(cause), cause)
    this.#failure = error
    this.#flushTimer?.cancel()
    this.#options.flusher.forget(this)
    this.#queue = []
    const waiters = [...this.#waiters, ...this.#syncWaiters]
    this.#waiters = []
    this.#syncWaiters = []
    for (const waiter of waiters) waiter.reject(error)
    this.#wakeIdle()
    if (isFault) this.#options.onFailure(error)
  }

  /** Resolves when no file operation of this writer runs any more. */
  async settled(): Promise<void> {
    while (this.#isWriting || this.#isSyncing) await this.#nextIdle()
  }

  #writeNext(): void {
    const next = this.#queue[0]
    if (next === undefined || this.#failure !== undefined) {
      this.#wakeIdle()
      return
    }
    this.#isWriting = true
    const written = 'rollTo' in next ? this.#createSegment(next.rollTo) : this.#writeBatches(next)
    written.then(
      position => {
        this.#isWriting = false
        if (this.#failure !== undefined) {
          this.#wakeIdle()
          return
        }
        this.#written = position
        // The next write first: it runs while the answers are made.
        this.#writeNext()
        this.#applyFlushPolicy()
        if (this.#syncWaiters.length > 0) this.#options.flusher.request(this)
      },
      (error: unknown) => {
        this.#isWriting = false
        this.fail(error)
        this.#wakeIdle()
      },
    )
  }

  async #createSegment(segment: Segment): Promise<LogPosition> {
    this.#queue.shift()
    await segment.create()
    this.#isFolderDirty = true
    return { offset: segment.baseOffset, segment, position: 0 }
  }

  async #writeBatches(first: QueuedWrite): Promise<LogPosition> {
    const { segment } = first
    const buffers: Buffer[] = []
    let byteCount = 0
    let nextOffset = first.nextOffset
    for (const entry of this.#queue) {
      if ('rollTo' in entry || buffers.length >= maxWriteBuffers) break
      if (byteCount > 0 && byteCount + entry.bytes.length > maxWriteBytes) break
      buffers.push(entry.bytes)
      byteCount += entry.bytes.length
      nextOffset = entry.nextOffset
    }
    if (buffers.length === this.#queue.length) this.#queue = []
    else this.#queue.splice(0, buffers.length)
    const file = await segment.log()
    await file.write(first.position, buffers)
    this.#dirty.add(segment)
    return { offset: nextOffset, segment, position: first.position + byteCount }
  }

  /** Moves the high watermark as far as flush.messages allows, or asks for the sync that will. */
  #applyFlushPolicy(): void {
    const unsyncedCount = this.#written.offset - this.#synced.offset
    if (unsyncedCount === 0 || unsyncedCount < this.flushMessages) {
      this.#moveHighWatermark(this.#written)
      if (unsyncedCount > 0) this.#armFlushTimer()
      return
    }
    this.#moveHighWatermark(this.#synced)
    this.#options.flusher.request(this)
  }

  #resolveSyncWaiters(): void {
    if (this.#syncWaiters.length === 0) return
    const waiting = this.#syncWaiters
    this.#syncWaiters = []
    for (const waiter of waiting) {
      if (waiter.offset <= this.#synced.offset) waiter.resolve()
      else this.#syncWaiters.push(waiter)
    }
  }

  #moveHighWatermark(to: LogPosition): void {
    const from = this.#highWatermark
    // At one offset the end of a segment and the start of the next are the same place; the later one wins.
    if (to.offset < from.offset || to.segment.baseOffset < from.segment.baseOffset) return
    this.#highWatermark = to
    if (to.offset === from.offset) return
    const waiters = this.#waiters
    let done = 0
    while (done < waiters.length && waiters[done]!.offset <= to.offset) done++
    this.#waiters = done === waiters.length ? [] : waiters.slice(done)
    this.#options.onHighWatermark()
    for (let index = 0; index < done; index++) waiters[index]!.resolve()
  }

  #armFlushTimer(): void {
    if (this.#flushTimer !== undefined || this.flushMs > maxTimerMs) return
    this.#flushTimer = this.#options.clock.after(this.flushMs, () => {
      this.#flushTimer = undefined
      this.#options.flusher.request(this)
    })
  }

  #nextIdle(): Promise<void> {
    return new Promise(resolve => {
      this.#idleWaiters.push(resolve)
    })
  }

  #wakeIdle(): void {
    if (this.#idleWaiters.length === 0) return
    const waiters = this.#idleWaiters
    this.#idleWaiters = []
    for (const wake of waiters) wake()
  }
}

/** flush.ms above it (its default is 2^63-1) means never. */
const maxTimerMs = 2 ** 31 - 1
