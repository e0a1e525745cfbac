/**
 * Opens the segments of a partition folder. After an orderly stop it reads a few bytes of the last segment. Otherwise
 * it scans from the newest producer snapshot on: that file is written only after everything below its offset (batches,
 * index entries, epochs) is durable. The log is cut at the first bad batch; what is missing is made anew.
 * Kafka: LogLoader. Must not know what producers or epochs are: `state` does.
 */
import type { BatchHeader } from '#protocol/record-batch.ts'
import { findBatch, scanBatches } from './batch-scan.ts'
import type { FileStore } from './file-store.ts'
import type { IndexCache } from './index-cache.ts'
import { OffsetIndex, TimeIndex } from './segment-index.ts'
import { leftoverSuffixes, parseSegmentFileName, segmentFileName } from './segment-names.ts'
import { Segment } from './segment.ts'
import { StorageError } from './storage-error.ts'

/** What is derived from the batches of a log. */
export interface ReplayedState {
  /** @returns false when the bytes are no usable snapshot */
  restore(snapshot: Buffer): boolean
  /** Nothing is known yet. */
  reset(): void
  /** @param body the whole batch, where it is not very large; valid during the call only */
  replay(header: BatchHeader, body: Buffer | undefined): void
}

export interface RecoveryOptions {
  readonly files: FileStore
  readonly folder: string
  readonly cache: IndexCache
  readonly indexIntervalBytes: number
  readonly nowMs: number
  readonly state: ReplayedState
  /** The last stop was orderly: where the files agree, nothing is scanned. */
  readonly wasClean: boolean
  /** Do not trust snapshots: scan everything. */
  readonly scanAll: boolean
  /** How far before the end an unclean start begins to scan, at least: see isTooNear. */
  readonly warmUpBytes: number
  /** Records below it are deleted; where the log ends before it, the log begins anew there. */
  readonly logStartOffset: number
  /** Offset from which on everything goes: it was never acknowledged. */
  readonly endLimit?: number
  /** A sync failed: what is written from this offset on may be in the cache of the kernel only, and counts there as clean. */
  readonly rewriteFrom?: number
}

export interface RecoveredLog {
  /** Ascending; the last one is active. Everything in them is durable. */
  readonly segments: Segment[]
  readonly nextOffset: number
  /** Offset of the snapshot that was used; undefined: none. */
  readonly snapshotOffset: number | undefined
  /** Offsets of all snapshot files left, ascending. */
  readonly snapshots: number[]
  readonly report: RecoveryReport
}

export interface RecoveryReport {
  scannedBatches: number
  scannedBytes: number
  cutBytes: number
  /** Why the log was cut. */
  cutReason: string | undefined
  droppedSegments: number
  rebuiltIndexes: number
  unusableSnapshots: number
}

export async function recoverSegments(options: RecoveryOptions): Promise<RecoveredLog> {
  return new Recovery(options).run()
}

/** Where a scan begins: in segment `index`, whose indexes are right up to there. */
interface ScanStart {
  readonly index: number
  readonly position: number
  readonly offset: number
}

class Recovery {
  readonly #options: RecoveryOptions
  readonly #segments: Segment[] = []
  #snapshots: number[] = []
  #indexFiles = new Set<string>()
  readonly #report: RecoveryReport = {
    scannedBatches: 0,
    scannedBytes: 0,
    cutBytes: 0,
    cutReason: undefined,
    droppedSegments: 0,
    rebuiltIndexes: 0,
    unusableSnapshots: 0,
  }

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  async run(): Promise<RecoveredLog> {
    await this.#listFiles()
    const { start, snapshotOffset } = await this.#findStart()
    const last = this.#segments.length - 1
    const isComplete =
      this.#options.wasClean &&
      snapshotOffset === start.offset &&
      start.index === last &&
      start.position === this.#segments[last]!.sizeInBytes
    for (const [index, segment] of this.#segments.entries())
      if (index < start.index) segment.nextOffset = this.#segments[index + 1]!.baseOffset
    let nextOffset = isComplete ? start.offset : await this.#scanFrom(start)
    if (isComplete) this.#segments[last]!.nextOffset = nextOffset
    if (nextOffset < this.#options.logStartOffset)
      nextOffset = await this.#beginAt(this.#options.logStartOffset)
    await this.#finish(start.index, nextOffset, isComplete)
    return {
      segments: this.#segments,
      nextOffset,
      snapshotOffset,
      snapshots: this.#snapshots,
      report: this.#report,
    }
  }

  async #listFiles(): Promise<void> {
    const { files, folder } = this.#options
    const bases: number[] = []
    for (const { name, isFolder } of await files.list(folder)) {
      if (isFolder) continue
      if (leftoverSuffixes.some(suffix => name.endsWith(suffix))) {
        await files.remove(`${folder}/${name}`)
        continue
      }
      const parsed = parseSegmentFileName(name)
      if (parsed?.kind === 'log') bases.push(parsed.offset)
      else if (parsed?.kind === 'snapshot') this.#snapshots.push(parsed.offset)
      else if (parsed?.kind === 'index' || parsed?.kind === 'timeindex') this.#indexFiles.add(name)
    }
    if (bases.length === 0) throw new StorageError(`${folder} has no segment: its files are gone`)
    for (const baseOffset of bases) {
      const segment = this.#makeSegment(baseOffset)
      const found = await files.stat(segment.path('log'))
      segment.sizeInBytes = found?.sizeInBytes ?? 0
      segment.lastModifiedMs = found?.modifiedAtMs ?? this.#options.nowMs
      this.#segments.push(segment)
    }
  }

  #makeSegment(baseOffset: number): Segment {
    const { files, folder, cache, indexIntervalBytes, nowMs } = this.#options
    return new Segment({ files, folder, baseOffset, cache, indexIntervalBytes, createdMs: nowMs })
  }

  /** The newest snapshot that the segments reach; else the start of the first segment. */
  async #findStart(): Promise<{ start: ScanStart; snapshotOffset: number | undefined }> {
    const { files, folder, state, scanAll, endLimit } = this.#options
    const first = this.#segments[0]!
    const candidates = scanAll
      ? []
      : this.#snapshots.filter(offset => offset >= first.baseOffset).toReversed()
    const end = await this.#findEnd()
    for (const [index, offset] of candidates.entries()) {
      if (endLimit !== undefined && offset > endLimit) continue
      const start = await this.#locate(offset)
      const path = `${folder}/${segmentFileName(offset, 'snapshot')}`
      // What is too near the end will do where the next would be the start of the log, unless the log is short.
      const isLast = index === candidates.length - 1 && first.baseOffset > 0
      if (start !== undefined && !isLast && this.#isTooNear(start, end)) continue
      if (start !== undefined && state.restore(await files.read(path)))
        return { start, snapshotOffset: offset }
      this.#report.unusableSnapshots++
      this.#snapshots = this.#snapshots.filter(other => other !== offset)
      await files.remove(path)
    }
    state.reset()
    first.beginEmpty()
    return { start: { index: 0, position: 0, offset: first.baseOffset }, snapshotOffset: undefined }
  }

  /** Where the log ends at the latest. */
  async #findEnd(): Promise<{ index: number; position: number }> {
    const { endLimit } = this.#options
    const limit = endLimit === undefined ? undefined : await this.#locate(endLimit)
    const index = this.#segments.length - 1
    return limit ?? { index, position: this.#segments[index]!.sizeInBytes }
  }

  /**
   * A snapshot has only the last batch of each producer. After an unclean stop clients send again what was in flight,
   * and must find those batches known: up to five each. So the scan begins some way before the end.
   */
  #isTooNear(start: ScanStart, end: { index: number; position: number }): boolean {
    if (this.#options.wasClean) return false
    let distance = end.position - start.position
    for (let index = start.index; index < end.index; index++) distance += this.#segments[index]!.sizeInBytes
    return distance < this.#options.warmUpBytes
  }

  /** Where `offset` stands, with the segment's indexes cut to it; undefined when no batch ends right below it. */
  async #locate(offset: number): Promise<ScanStart | undefined> {
    const index = this.#segments.findLastIndex(segment => segment.baseOffset <= offset)
    const segment = this.#segments[index]!
    if (segment.baseOffset === offset) {
      segment.beginEmpty()
      return { index, position: 0, offset }
    }
    const indexes = (await segment.readIndexFiles()) ?? {
      offsets: new OffsetIndex(segment.baseOffset),
      times: new TimeIndex(segment.baseOffset),
    }
    const stored = { offsets: indexes.offsets.count, times: indexes.times.count }
    const isFromFile = stored.offsets > 0 || stored.times > 0
    indexes.offsets.truncateTo(offset)
    indexes.times.truncateTo(offset)
    let { position } = indexes.offsets.lookup(offset - 1)
    let nextOffset = segment.baseOffset
    await findBatch(await segment.log(), position, segment.sizeInBytes, (header, at) => {
      if (header.baseOffset >= offset || at + header.sizeInBytes > segment.sizeInBytes) return true
      position = at + header.sizeInBytes
      nextOffset = header.lastOffset + 1
      return false
    })
    if (nextOffset !== offset) return undefined
    if (!isFromFile) return this.#locateByScan(segment, index, offset)
    segment.beginEmpty()
    segment.useIndexes(
      indexes,
      stored.offsets === indexes.offsets.count && stored.times === indexes.times.count,
    )
    segment.setMaxTimestamp(indexes.times.last)
    return { index, position, offset }
  }

  /** The segment's index files are missing or damaged: its headers tell the same. */
  async #locateByScan(segment: Segment, index: number, offset: number): Promise<ScanStart | undefined> {
    const { sizeInBytes } = segment
    let position = 0
    segment.beginEmpty()
    segment.sizeInBytes = 0
    await findBatch(await segment.log(), 0, sizeInBytes, (header, at) => {
      if (header.baseOffset >= offset) return true
      segment.account(header.lastOffset, header.sizeInBytes, header.maxTimestamp)
      position = at + header.sizeInBytes
      return false
    })
    segment.sizeInBytes = sizeInBytes
    this.#report.rebuiltIndexes++
    return { index, position, offset }
  }

  /** @returns the offset after the last good batch */
  async #scanFrom(start: ScanStart): Promise<number> {
    let nextOffset = start.offset
    for (let index = start.index; index < this.#segments.length; index++) {
      const segment = this.#segments[index]!
      if (index > start.index) {
        // The log has no holes: a segment that does not continue the one before it follows a lost tail.
        if (segment.baseOffset !== nextOffset)
          return this.#dropFrom(index, nextOffset, 'records before a segment are missing')
        segment.beginEmpty()
        if (segment.sizeInBytes > 0) this.#report.rebuiltIndexes++
      }
      const fault = await this.#scan(
        segment,
        index === start.index ? start : { index, position: 0, offset: nextOffset },
      )
      nextOffset = segment.nextOffset
      if (fault !== undefined) return this.#dropFrom(index + 1, nextOffset, fault)
    }
    return nextOffset
  }

  /** @returns why the segment was cut */
  async #scan(segment: Segment, start: ScanStart): Promise<string | undefined> {
    const { state, endLimit } = this.#options
    const file = await segment.log()
    const end = segment.sizeInBytes
    segment.sizeInBytes = start.position
    segment.nextOffset = start.offset
    let isPastLimit = false
    const result = await scanBatches(file, {
      position: start.position,
      end,
      checkCrc: true,
      minOffset: start.offset,
      visit: (header, _position, body) => {
        isPastLimit ||= endLimit !== undefined && header.lastOffset >= endLimit
        if (isPastLimit || !segment.canHold(header.lastOffset)) return
        segment.account(header.lastOffset, header.sizeInBytes, header.maxTimestamp)
        state.replay(header, body)
      },
    })
    this.#report.scannedBatches += result.batchCount
    this.#report.scannedBytes += result.endPosition - start.position
    if (segment.sizeInBytes === end) return undefined
    this.#report.cutBytes += end - segment.sizeInBytes
    await file.truncate(segment.sizeInBytes)
    return result.fault ?? 'it was not acknowledged'
  }

  /** The records that are left were deleted. The new segment first: a crash in between leaves both. */
  async #beginAt(offset: number): Promise<number> {
    const segment = this.#makeSegment(offset)
    await segment.create()
    segment.beginEmpty()
    await this.#options.files.syncFolder(this.#options.folder)
    await this.#dropFrom(0, offset, 'the log start offset is beyond its end')
    this.#segments.push(segment)
    this.#options.state.reset()
    return offset
  }

  /** Segments from `index` on come after a cut. */
  async #dropFrom(index: number, nextOffset: number, reason: string): Promise<number> {
    this.#report.cutReason = reason
    const dropped = this.#segments.splice(index)
    this.#report.droppedSegments += dropped.length
    // The last one first: a crash in between must not leave a hole.
    for (const segment of dropped.toReversed()) {
      this.#report.cutBytes += segment.sizeInBytes
      for (const kind of ['log', 'index', 'timeindex', 'txnindex'] as const)
        await this.#options.files.remove(segment.path(kind))
      await segment.close()
    }
    return nextOffset
  }

  async #finish(startIndex: number, nextOffset: number, isComplete: boolean): Promise<void> {
    const { files, folder, rewriteFrom } = this.#options
    await this.#removeStaleFiles(nextOffset)
    const active = this.#segments.at(-1)!
    for (const segment of this.#segments) {
      if (segment !== active && segment.isPinned) {
        segment.finishTimeIndex()
        await segment.writeIndexes()
        segment.unpin()
      } else if (segment !== active && this.#lacksIndexFile(segment)) {
        this.#report.rebuiltIndexes++
        await segment.indexes()
      }
    }
    active.firstTimestampMs = await firstTimestamp(active)
    const { scannedBytes, cutReason } = this.#report
    if (isComplete || (scannedBytes === 0 && cutReason === undefined && rewriteFrom === undefined)) return
    for (const [index, segment] of this.#segments.entries()) {
      if (rewriteFrom !== undefined && segment.nextOffset > rewriteFrom) await rewrite(segment, rewriteFrom)
      if (index >= startIndex || rewriteFrom !== undefined) await (await segment.log()).sync()
    }
    await files.syncFolder(folder)
  }

  #lacksIndexFile(segment: Segment): boolean {
    return (['index', 'timeindex'] as const).some(
      kind => !this.#indexFiles.has(segmentFileName(segment.baseOffset, kind)),
    )
  }

  /** Snapshots of what was cut, and index files without a segment. */
  async #removeStaleFiles(nextOffset: number): Promise<void> {
    const { files, folder } = this.#options
    for (const offset of this.#snapshots)
      if (offset > nextOffset) await files.remove(`${folder}/${segmentFileName(offset, 'snapshot')}`)
    this.#snapshots = this.#snapshots.filter(offset => offset <= nextOffset)
    const bases = new Set(this.#segments.map(segment => segment.baseOffset))
    for (const name of this.#indexFiles)
      if (!bases.has(parseSegmentFileName(name)!.offset)) await files.remove(`${folder}/${name}`)
  }
}

async function firstTimestamp(segment: Segment): Promise<number | undefined> {
  if (segment.firstTimestampMs !== undefined || segment.sizeInBytes === 0) return segment.firstTimestampMs
  return (await segment.findFrom(0, segment.sizeInBytes, () => true))?.header.maxTimestamp
}

const rewriteBytes = 1024 * 1024

/** Writes the bytes of the batches from `offset` on once more, so that a sync has something to do. */
async function rewrite(segment: Segment, offset: number): Promise<void> {
  const file = await segment.log()
  const first = await segment.find(offset, segment.sizeInBytes)
  if (first === undefined) return
  const window = Buffer.allocUnsafe(rewriteBytes)
  for (let at = first.position; at < segment.sizeInBytes;) {
    const piece = window.subarray(0, Math.min(rewriteBytes, segment.sizeInBytes - at))
    const readBytes = await file.read(at, piece)
    if (readBytes === 0) throw new StorageError(`${segment.path('log')} is shorter than it was`)
    await file.write(at, [piece.subarray(0, readBytes)])
    at += readBytes
  }
}
