/**
 * The history of a partition's leader epochs: which epoch began at which offset. Kafka: LeaderEpochFileCache.
 * Keeps it in memory; the log writes it to `leader-epoch-checkpoint` before anything relies on it. Pure.
 */
import type { EpochEntry } from '#storage/checkpoint-file.ts'

export class LeaderEpochs {
  /** Rising in both; two epochs may not start at one offset. */
  #entries: EpochEntry[]
  /** Counts changes, so that the log knows whether the file has the newest ones. */
  #changeCount = 0

  constructor(entries: readonly EpochEntry[] = []) {
    this.#entries = [...entries]
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries
  }

  get changeCount(): number {
    return this.#changeCount
  }

  /** -1: no epoch yet. */
  get latest(): number {
    return this.#entries.at(-1)?.epoch ?? -1
  }

  /** `epoch` begins at `startOffset`. Entries that contradict it (a higher epoch, or a later start) go. */
  assign(epoch: number, startOffset: number): void {
    const last = this.#entries.at(-1)
    if (last !== undefined && last.epoch === epoch && last.startOffset <= startOffset) return
    while (this.#entries.length > 0) {
      const entry = this.#entries.at(-1)!
      if (entry.epoch < epoch && entry.startOffset < startOffset) break
      this.#entries.pop()
    }
    this.#entries.push({ epoch, startOffset })
    this.#changeCount++
  }

  /** The log ends at `endOffset` now. */
  truncateFromEnd(endOffset: number): void {
    const kept = this.#entries.filter(entry => entry.startOffset < endOffset)
    if (kept.length === this.#entries.length) return
    this.#entries = kept
    this.#changeCount++
  }

  /** The log begins at `startOffset` now: the epoch that was current there begins there. */
  truncateFromStart(startOffset: number): void {
    const first = this.#entries.findLastIndex(entry => entry.startOffset <= startOffset)
    if (first < 0 || (first === 0 && this.#entries[0]!.startOffset === startOffset)) return
    const { epoch } = this.#entries[first]!
    this.#entries = [{ epoch, startOffset }, ...this.#entries.slice(first + 1)]
    this.#changeCount++
  }

  /** Epoch of the record at `offset`; -1: unknown. */
  epochOf(offset: number): number {
    return this.#entries.findLast(entry => entry.startOffset <= offset)?.epoch ?? -1
  }

  /** See PartitionLog.endOffsetForEpoch; -1 and -1 where nothing is known. */
  endOffsetFor(leaderEpoch: number, logEndOffset: number): { leaderEpoch: number; endOffset: number } {
    if (leaderEpoch < 0) return { leaderEpoch: -1, endOffset: -1 }
    if (leaderEpoch === this.latest) return { leaderEpoch, endOffset: logEndOffset }
    const higher = this.#entries.find(entry => entry.epoch > leaderEpoch)
    if (higher === undefined) return { leaderEpoch: -1, endOffset: -1 }
    const floor = this.#entries.findLast(entry => entry.epoch <= leaderEpoch)
    return { leaderEpoch: floor?.epoch ?? leaderEpoch, endOffset: higher.startOffset }
  }
}
