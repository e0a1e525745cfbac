/**
 * What a log does beside appends and reads: index files, producer snapshots and epochs to disk, old segments away.
 * Holds the order that recovery relies on: a snapshot at an offset is written only when everything below that offset
 * (batches, index entries, epochs) is durable.
 */
import { SerialQueue } from '#base/serial.ts'
import { formatEpochCheckpoint } from '#storage/checkpoint-file.ts'
import type { FileStore } from '#storage/file-store.ts'
import type { SegmentList } from '#storage/segment-list.ts'
import { segmentFileName } from '#storage/segment-names.ts'
import type { Segment } from '#storage/segment.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import type { LogWriter } from './log-writer.ts'

/** The state of the producers as of an offset. */
export interface ProducerSnapshot {
  readonly offset: number
  readonly bytes: Buffer
}

export interface LogUpkeepOptions {
  readonly files: FileStore
  readonly folder: string
  readonly segments: SegmentList
  readonly epochs: LeaderEpochs
  readonly writer: LogWriter
  /** Offsets of the snapshot files there are, ascending. */
  readonly snapshots: readonly number[]
  /** The epochs in memory are those of the file. */
  readonly areEpochsStored: boolean
  /** See LogSettings. */
  readonly snapshotIntervalBytes: number
}

export class LogUpkeep {
  readonly #options: LogUpkeepOptions
  /** File work of this log, one piece at a time. */
  readonly #serial = new SerialQueue()
  /** Rolled, but indexes and snapshot are not all on disk yet. Oldest first. */
  #unsealed: { segment: Segment; snapshot: ProducerSnapshot }[] = []
  #snapshots: number[]
  #storedEpochChanges: number

  constructor(options: LogUpkeepOptions) {
    this.#options = options
    this.#snapshots = [...options.snapshots]
    this.#storedEpochChanges = options.areEpochsStored ? options.epochs.changeCount : -1
  }

  get lastSnapshotOffset(): number | undefined {
    return this.#snapshots.at(-1)
  }

  /** An unclean start need not look at what is below. */
  get recoveryPoint(): number {
    return this.#unsealed[0]?.segment.baseOffset ?? this.#options.writer.syncedOffset
  }

  /** `segment` gets no more batches; `snapshot` is of its end. */
  seal(segment: Segment, snapshot: ProducerSnapshot): void {
    this.#unsealed.push({ segment, snapshot })
    // A failure here costs an unclean start more to scan, nothing else; the next checkpoint tries again.
    this.#serial.run(() => this.#sealAll()).catch(() => {})
  }

  async #sealAll(): Promise<void> {
    for (;;) {
      const next = this.#unsealed[0]
      if (next === undefined) return
      await this.#store(next.segment, next.snapshot)
      // Retention may have taken it away meanwhile.
      if (this.#unsealed[0] === next) this.#unsealed.shift()
      next.segment.unpin()
    }
  }

  /**
   * Writes what a later unclean start would have to find by scanning, where that has become much.
   * @param takeSnapshot called when one is wanted: of the end of the log, in the same turn
   */
  checkpoint(takeSnapshot: () => ProducerSnapshot): Promise<void> {
    return this.#serial.run(async () => {
      await this.#sealAll()
      const { segments } = this.#options
      const active = segments.active
      const lastSnapshot = Math.max(this.lastSnapshotOffset ?? 0, active.baseOffset)
      const { position } =
        lastSnapshot === active.baseOffset ? { position: 0 } : await this.#positionNear(lastSnapshot)
      if (active.sizeInBytes - position < this.#options.snapshotIntervalBytes || segments.active !== active)
        return
      active.finishTimeIndex()
      await this.#store(active, takeSnapshot())
    })
  }

  async #positionNear(offset: number): Promise<{ position: number }> {
    return (await this.#options.segments.active.indexes()).offsets.lookup(offset)
  }

  /** Everything to disk, for an orderly stop. No append comes any more. */
  async close(takeSnapshot: () => ProducerSnapshot): Promise<void> {
    await this.#serial.run(async () => {
      await this.#options.writer.flush()
      await this.#sealAll()
      const snapshot = takeSnapshot()
      await this.#storeEpochs()
      const { active } = this.#options.segments
      active.finishTimeIndex()
      if (this.lastSnapshotOffset === snapshot.offset && active.areIndexesStored) return
      await this.#store(active, snapshot)
    })
  }

  /** Resolves when nothing runs here any more. */
  settled(): Promise<void> {
    return this.#serial.run(() => {})
  }

  async #store(segment: Segment, snapshot: ProducerSnapshot): Promise<void> {
    const { files, folder, writer } = this.#options
    await writer.whenSynced(snapshot.offset)
    await segment.writeIndexes()
    await this.#storeEpochs()
    await files.replace(`${folder}/${segmentFileName(snapshot.offset, 'snapshot')}`, snapshot.bytes)
    if (this.lastSnapshotOffset !== snapshot.offset) this.#snapshots.push(snapshot.offset)
    await this.#removeStraySnapshots()
  }

  /** Kept are the snapshots at the start of each segment and the newest two: recovery may want the older one. */
  async #removeStraySnapshots(): Promise<void> {
    const { files, folder, segments } = this.#options
    const newest = this.#snapshots.slice(-2)
    const bases = new Set([...segments].map(segment => segment.baseOffset))
    const strays = this.#snapshots.filter(offset => !newest.includes(offset) && !bases.has(offset))
    for (const offset of strays) await files.remove(`${folder}/${segmentFileName(offset, 'snapshot')}`)
    this.#snapshots = this.#snapshots.filter(offset => !strays.includes(offset))
  }

  async #storeEpochs(): Promise<void> {
    const { epochs, files, folder } = this.#options
    const { changeCount } = epochs
    if (this.#storedEpochChanges === changeCount) return
    await files.replace(`${folder}/leader-epoch-checkpoint`, formatEpochCheckpoint(epochs.entries))
    this.#storedEpochChanges = changeCount
  }

  /**
   * Renames the files of segments that are no longer part of the log, oldest first.
   * @returns what removes them for good, once nobody reads them
   */
  detach(segments: readonly Segment[]): Promise<() => Promise<void>> {
    return this.#serial.run(async () => {
      const { files, folder } = this.#options
      this.#unsealed = this.#unsealed.filter(entry => !segments.includes(entry.segment))
      const paths: string[] = []
      for (const segment of segments)
        for (const kind of ['log', 'index', 'timeindex', 'txnindex', 'snapshot'] as const) {
          const path = `${folder}/${segmentFileName(segment.baseOffset, kind)}`
          if ((await files.stat(path)) === undefined) continue
          await files.rename(path, `${path}.deleted`)
          paths.push(`${path}.deleted`)
        }
      this.#snapshots = this.#snapshots.filter(
        offset => !segments.some(segment => segment.baseOffset === offset),
      )
      return async () => {
        for (const segment of segments) await segment.close()
        for (const path of paths) await files.remove(path)
      }
    })
  }
}
