/**
 * PartitionLog over segment files in one folder. Decides and applies in memory, in the order of the calls, and lets
 * LogWriter bring it to disk; what is decided is therefore ahead of what is written, and what is written ahead of
 * what may be seen (the high watermark).
 *
 * When a write or sync fails, this object is done: it can at most be read. log-manager.ts opens a new one through
 * recovery, which makes the state in memory anew from what is on disk.
 */
import type { Clock } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import type { Random } from '#base/random.ts'
import type { FileStore } from '#storage/file-store.ts'
import type { IndexCache } from '#storage/index-cache.ts'
import { SegmentList } from '#storage/segment-list.ts'
import { Segment } from '#storage/segment.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { TailCache } from '#storage/tail-cache.ts'
import type { AcceptedBatch, AppendVerdict } from './append-rules.ts'
import { checkAppend, stampBatch } from './append-rules.ts'
import type { Flusher } from './flusher.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import type { LogConfig } from './log-config.ts'
import { findMaxTimestamp, findTimestamp, positionOf, readFrom } from './log-reader.ts'
import type { ProducerSnapshot } from './log-upkeep.ts'
import { LogUpkeep } from './log-upkeep.ts'
import type { LogPosition } from './log-writer.ts'
import { LogWriter } from './log-writer.ts'
import type { LoadedLog } from './open-log.ts'
import type {
  AppendOptions,
  AppendOutcome,
  Isolation,
  PartitionLog,
  ProducerSummary,
  ReadOptions,
  ReadOutcome,
  TimestampedOffset,
} from './partition-log.ts'
import type { ProducerState } from './producer-state.ts'
import { expiredSegments } from './retention.ts'
import { shouldRoll } from './roll-rules.ts'
import type { DeepValidator } from './validation-pool.ts'

/** What all logs of a broker share. */
export interface LogServices {
  readonly files: FileStore
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly validator: DeepValidator
  readonly flusher: Flusher
  readonly tails: TailCache
  readonly indexes: IndexCache
  /** See LogSettings. */
  readonly snapshotIntervalBytes: number
  /** Makes a log's start offset durable. */
  storeLogStartOffset(folder: string, offset: number): Promise<void>
}

export interface LocalLogOptions {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly folder: string
  readonly config: LogConfig
  readonly services: LogServices
  readonly loaded: LoadedLog
  /** Called once, when a write or a sync failed. */
  onFailure(log: LocalLog, error: StorageError): void
}

/** An append that waits for its own deep validation, or for an earlier one's. */
interface HeldAppend {
  readonly options: AppendOptions
  verdict: AppendVerdict | undefined
  resolve(outcome: Promise<AppendOutcome>): void
}

export class LocalLog implements PartitionLog {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly folder: string
  readonly #services: LogServices
  readonly #segments: SegmentList
  readonly #producers: ProducerState
  readonly #epochs: LeaderEpochs
  readonly #writer: LogWriter
  readonly #upkeep: LogUpkeep
  #config: LogConfig
  #logStartOffset: number
  #logEndOffset: number
  #rollJitterMs = 0
  #held: HeldAppend[] = []
  #listeners = new Set<() => void>()
  /** Position of the last stable offset, as of when it was looked up last. */
  #stable: LogPosition
  /** Why no append is taken for now: no room on the disk. */
  #suspension: StorageError | undefined
  #unused: Promise<unknown> | undefined
  /** Why no append is taken any more. */
  #refusal: StorageError | undefined
  /** Why nothing is read. */
  #closed: StorageError | undefined

  constructor(options: LocalLogOptions) {
    const { services, loaded, config } = options
    this.topic = options.topic
    this.topicId = options.topicId
    this.partition = options.partition
    this.folder = options.folder
    this.#services = services
    this.#config = config
    this.#segments = new SegmentList(loaded.segments)
    this.#producers = loaded.producers
    this.#epochs = loaded.epochs
    this.#logStartOffset = loaded.logStartOffset
    this.#logEndOffset = loaded.nextOffset
    const { active } = this.#segments
    this.#stable = { offset: this.#logEndOffset, segment: active, position: active.sizeInBytes }
    this.#writer = new LogWriter({
      clock: services.clock,
      files: services.files,
      flusher: services.flusher,
      tails: services.tails,
      start: this.#stable,
      flushMessages: config.flushMessages,
      flushMs: config.flushMs,
      onHighWatermark: () => this.#onHighWatermark(),
      onFailure: error => {
        this.#refuseAppends(error)
        options.onFailure(this, error)
      },
    })
    this.#upkeep = new LogUpkeep({
      files: services.files,
      folder: this.folder,
      segments: this.#segments,
      epochs: this.#epochs,
      writer: this.#writer,
      snapshots: loaded.snapshots,
      areEpochsStored: loaded.areEpochsStored,
      snapshotIntervalBytes: services.snapshotIntervalBytes,
    })
    this.#producers.onHighWatermark(this.#logEndOffset)
    this.#drawJitter()
  }

  get logStartOffset(): number {
    return this.#logStartOffset
  }

  get logEndOffset(): number {
    return this.#logEndOffset
  }

  get highWatermark(): number {
    return this.#writer.highWatermark.offset
  }

  get lastStableOffset(): number {
    return Math.min(this.#producers.firstUnstableOffset ?? this.highWatermark, this.highWatermark)
  }

  get leaderEpoch(): number {
    return this.#epochs.latest
  }

  get sizeInBytes(): number {
    return this.#segments.sizeInBytes
  }

  get segmentCount(): number {
    return this.#segments.count
  }

  get config(): LogConfig {
    return this.#config
  }

  /** An unclean start need not look at what is below. */
  get recoveryPoint(): number {
    return this.#upkeep.recoveryPoint
  }

  /** Everything below it is on disk for sure. */
  get syncedOffset(): number {
    return this.#writer.syncedOffset
  }

  configure(config: LogConfig): void {
    this.#config = config
    this.#writer.flushMessages = config.flushMessages
    this.#writer.flushMs = config.flushMs
    this.#segments.active.indexIntervalBytes = config.indexIntervalBytes
    this.#drawJitter()
  }

  // -- append -----------------------------------------------------------------------------------------------------

  append(records: Buffer, options: AppendOptions): Promise<AppendOutcome> {
    const refusal = this.#refusal ?? this.#suspension
    if (refusal !== undefined) return Promise.reject(refusal)
    const verdict = checkAppend(
      records,
      {
        topicPartition: this.folder,
        config: this.#config,
        nowMs: this.#services.clock.nowMs(),
        transactional: options.transactional,
      },
      this.#services.validator,
    )
    const isDecided = !(verdict instanceof Promise)
    if (isDecided && this.#held.length === 0) return this.#decide(verdict, options)
    return new Promise(resolve => {
      const held: HeldAppend = { options, verdict: isDecided ? verdict : undefined, resolve }
      this.#held.push(held)
      if (isDecided) return
      void verdict.then(found => {
        held.verdict = found
        this.#decideHeld()
      })
    })
  }

  /** Takes up the appends at the head of the line whose validation is done. */
  #decideHeld(): void {
    let count = 0
    for (const held of this.#held) {
      if (held.verdict === undefined) break
      held.resolve(this.#decide(held.verdict, held.options))
      count++
    }
    this.#held.splice(0, count)
  }

  #decide(verdict: AppendVerdict, options: AppendOptions): Promise<AppendOutcome> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    if (verdict.kind === 'refused') {
      const { kind: _, ...refusal } = verdict
      return Promise.resolve({ ...refusal, logStartOffset: this.#logStartOffset })
    }
    const sequence = this.#producers.check(verdict.header)
    if (sequence.kind === 'refused') {
      const { error, message } = sequence
      return Promise.resolve({ error, message, logStartOffset: this.#logStartOffset })
    }
    if (sequence.kind === 'duplicate') {
      const { baseOffset, lastOffset, timestampMs } = sequence
      const logAppendTimeMs = verdict.logAppendTimeMs < 0 ? -1 : timestampMs
      return this.#answer(baseOffset, lastOffset + 1, logAppendTimeMs, options)
    }
    const baseOffset = this.#logEndOffset
    this.#apply(verdict, baseOffset)
    return this.#answer(baseOffset, this.#logEndOffset, verdict.logAppendTimeMs, options)
  }

  /** Gives the batch its place. Everything here is in memory and in one turn. */
  #apply(batch: AcceptedBatch, baseOffset: number): void {
    const { header, records } = batch
    const lastOffset = baseOffset + header.lastOffsetDelta
    if (
      shouldRoll(this.#segments.active, this.#config, {
        nowMs: this.#services.clock.nowMs(),
        rollJitterMs: this.#rollJitterMs,
        batchBytes: records.length,
        batchMaxTimestampMs: header.maxTimestamp,
        batchLastOffset: lastOffset,
      })
    )
      this.#roll()
    stampBatch(batch, baseOffset, this.#epochs.latest)
    this.#producers.apply(header, baseOffset)
    this.#logEndOffset = lastOffset + 1
    const { active } = this.#segments
    const position = active.sizeInBytes
    active.account(lastOffset, records.length, header.maxTimestamp)
    this.#writer.write(active, position, records, this.#logEndOffset)
  }

  #answer(
    baseOffset: number,
    nextOffset: number,
    logAppendTimeMs: number,
    options: AppendOptions,
  ): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => {
      const answer = () =>
        resolve({ error: 'NONE', baseOffset, logAppendTimeMs, logStartOffset: this.#logStartOffset })
      if (options.acks === 0) answer()
      else this.#writer.whenVisible(nextOffset, answer, reject)
    })
  }

  #roll(): void {
    const old = this.#segments.active
    if (old.sizeInBytes === 0) return
    old.finishTimeIndex()
    old.lastModifiedMs = this.#services.clock.nowMs()
    const segment = new Segment({
      files: this.#services.files,
      folder: this.folder,
      baseOffset: this.#logEndOffset,
      cache: this.#services.indexes,
      indexIntervalBytes: this.#config.indexIntervalBytes,
      createdMs: this.#services.clock.nowMs(),
    })
    segment.beginEmpty()
    this.#segments.add(segment)
    this.#writer.roll(segment)
    this.#upkeep.seal(old, this.#takeSnapshot())
    this.#drawJitter()
  }

  #takeSnapshot(): ProducerSnapshot {
    return { offset: this.#logEndOffset, bytes: this.#producers.snapshot() }
  }

  #drawJitter(): void {
    const { segmentMs, segmentJitterMs } = this.#config
    const boundMs = Math.min(segmentJitterMs, segmentMs)
    this.#rollJitterMs = boundMs > 0 ? this.#services.random.below(boundMs) : 0
  }

  #refuseAppends(error: StorageError): void {
    this.#refusal ??= error
    const held = this.#held
    this.#held = []
    for (const append of held) append.resolve(Promise.reject(error))
    this.#notify()
  }

  // -- read -------------------------------------------------------------------------------------------------------

  async read(offset: number, options: ReadOptions): Promise<ReadOutcome> {
    if (this.#closed !== undefined) throw this.#closed
    if (offset < this.#logStartOffset || offset > this.#logEndOffset) return { error: 'OFFSET_OUT_OF_RANGE' }
    const limit =
      options.isolation === 'read_committed' ? await this.#stablePosition() : this.#writer.highWatermark
    // No transaction of this log was ever aborted: nothing writes transaction markers yet.
    return {
      error: 'NONE',
      records: await readFrom(this.#segments, offset, limit, options),
      abortedTransactions: [],
    }
  }

  async #stablePosition(): Promise<LogPosition> {
    const offset = this.lastStableOffset
    const highWatermark = this.#writer.highWatermark
    if (offset >= highWatermark.offset) return highWatermark
    if (this.#stable.offset === offset && this.#stable.segment.baseOffset >= this.#segments.first.baseOffset)
      return this.#stable
    const found = await positionOf(this.#segments, offset, highWatermark)
    this.#stable = found
    return found
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #onHighWatermark(): void {
    this.#producers.onHighWatermark(this.highWatermark)
    this.#notify()
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }

  async offsetForTimestamp(
    timestampMs: number,
    isolation: Isolation,
  ): Promise<TimestampedOffset | undefined> {
    if (this.#closed !== undefined) throw this.#closed
    const limit = isolation === 'read_committed' ? this.lastStableOffset : this.highWatermark
    const end = this.#writer.highWatermark
    const found = await findTimestamp(this.#segments, timestampMs, this.#logStartOffset, end)
    return found !== undefined && found.offset < limit ? found : undefined
  }

  async offsetOfMaxTimestamp(): Promise<TimestampedOffset | undefined> {
    if (this.#closed !== undefined) throw this.#closed
    return findMaxTimestamp(this.#segments, this.#writer.highWatermark)
  }

  endOffsetForEpoch(leaderEpoch: number): { leaderEpoch: number; endOffset: number } {
    return this.#epochs.endOffsetFor(leaderEpoch, this.#logEndOffset)
  }

  epochOf(offset: number): number {
    return this.#epochs.epochOf(offset)
  }

  activeProducers(): readonly ProducerSummary[] {
    return this.#producers.activeProducers()
  }

  // -- deletion of records ----------------------------------------------------------------------------------------

  async deleteRecordsBefore(
    offset: number,
  ): Promise<{ error: 'NONE' | 'OFFSET_OUT_OF_RANGE'; logStartOffset: number }> {
    if (this.#refusal !== undefined) throw this.#refusal
    const target = offset === -1 ? this.highWatermark : offset
    if (target < 0 || target > this.highWatermark)
      return { error: 'OFFSET_OUT_OF_RANGE', logStartOffset: this.#logStartOffset }
    await this.#raiseLogStart(target)
    return { error: 'NONE', logStartOffset: this.#logStartOffset }
  }

  async #raiseLogStart(offset: number): Promise<void> {
    if (offset > this.#logStartOffset) {
      this.#logStartOffset = offset
      this.#epochs.truncateFromStart(offset)
    }
    // Also where it was so before: the call that made it so may not be durable yet.
    await this.#services.storeLogStartOffset(this.folder, this.#logStartOffset)
  }

  /** Removes what retention and deleted records leave to remove. */
  async applyRetention(nowMs: number): Promise<void> {
    if (this.#refusal !== undefined) return
    const { count, reason, activeEndOffset } = await this.#expired(nowMs)
    if (count === 0 || this.#refusal !== undefined) return
    if (count === this.#segments.count) {
      // Something was appended while the segments were looked at: the next round sees it.
      if (this.#logEndOffset !== activeEndOffset) return
      this.#roll()
      await this.#writer.whenSynced(this.#segments.active.baseOffset)
    }
    const end = this.#segments.at(count)?.baseOffset
    if (this.#refusal !== undefined || end === undefined) return
    // On a full disk this fails; what is removed then makes room, and the first segment says the same.
    await this.#raiseLogStart(Math.max(end, this.#logStartOffset)).catch((error: unknown) =>
      this.#services.logger.warn('Could not store a log start offset', {
        partition: this.folder,
        error: String(error),
      }),
    )
    const removed = this.#segments.removeFirst(count)
    const removeFiles = await this.#upkeep.detach(removed)
    this.#services.logger.info('Removed old segments', {
      partition: this.folder,
      count,
      reason,
      logStartOffset: this.#logStartOffset,
    })
    for (const segment of removed) this.#services.tails.clear(segment.tail)
    this.#services.clock.after(this.#config.fileDeleteDelayMs, () => {
      removeFiles().catch((error: unknown) =>
        this.#services.logger.warn('Could not remove files of an old segment; the next start will', {
          partition: this.folder,
          error: String(error),
        }),
      )
    })
  }

  async #expired(nowMs: number): Promise<{ count: number; reason: string; activeEndOffset: number }> {
    const segments = []
    for (const segment of Array.from(this.#segments))
      segments.push({
        sizeInBytes: segment.sizeInBytes,
        largestTimestampMs: await segment.largestTimestampMs(),
        endOffset: segment.nextOffset,
      })
    const expired = expiredSegments({
      segments,
      logStartOffset: this.#logStartOffset,
      highWatermark: this.highWatermark,
      nowMs,
      config: this.#config,
    })
    return { ...expired, activeEndOffset: segments.at(-1)!.endOffset }
  }

  removeExpiredProducers(nowMs: number): void {
    this.#producers.expire(nowMs)
  }

  // -- life -------------------------------------------------------------------------------------------------------

  /** Writes what would make an unclean start long. A failure is told and costs nothing else. */
  async checkpoint(): Promise<void> {
    if (this.#refusal !== undefined) return
    await this.#upkeep.checkpoint(() => this.#takeSnapshot())
  }

  /** Appends are refused with `error` until `resumeAppends`. */
  suspendAppends(error: StorageError): void {
    this.#suspension = error
  }

  resumeAppends(): void {
    this.#suspension = undefined
  }

  get areAppendsSuspended(): boolean {
    return this.#suspension !== undefined
  }

  /** Syncs everything, whatever the flush policy says. */
  flush(): Promise<void> {
    return this.#writer.flush()
  }

  /**
   * An orderly stop: all that was appended is synced, and the next open need not scan.
   * @throws StorageError when that failed; the next open must be told
   */
  async close(): Promise<void> {
    const error = new StorageError(`${this.folder} was closed`)
    if (this.#refusal === undefined) {
      this.#refuseAppends(error)
      try {
        await this.#upkeep.close(() => this.#takeSnapshot())
      } finally {
        await this.abandon(error)
      }
    } else {
      await this.abandon(error)
      throw this.#writer.failure ?? error
    }
  }

  /**
   * Stops without writing anything more: the files are as they are. Resolves when no operation on them runs. What
   * readers hold stays open until they release it.
   */
  async abandon(error: StorageError): Promise<void> {
    this.#closed ??= error
    this.#refuseAppends(error)
    this.#writer.close(error)
    await this.settled()
    this.#unused ??= Promise.all(
      [...this.#segments].map(segment => {
        this.#services.tails.clear(segment.tail)
        return segment.close()
      }),
    )
  }

  /** Resolves when no file operation of its own runs. */
  async settled(): Promise<void> {
    await this.#writer.settled()
    await this.#upkeep.settled()
  }

  /** After `abandon` or `close`: resolves when nobody reads any of its files any more. */
  async unused(): Promise<void> {
    await this.#unused
  }
}
