/**
 * Brings back logs that failed, through recovery.
 *
 * A full disk: the failed log stays for reading while a new one is opened without the torn append; that one takes its
 * place at once, and takes appends when there is room again. Any other fault: the partition is offline until it can
 * be opened. Either way the new log ends at the old high watermark: what is above was answered with an error.
 */
import type { Clock, Timer } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import type { FileStore } from '#storage/file-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { LocalLog } from './local-log.ts'
import type { Partition } from './log-manager.ts'

/** How far the new log goes: see RecoveryOptions. */
export interface ReopenLimits {
  readonly endLimit?: number
  readonly rewriteFrom?: number
}

export interface LogRepairOptions {
  readonly files: FileStore
  readonly clock: Clock
  readonly logger: Logger
  readonly reopenIntervalMs: number
  open(partition: Partition, limits: ReopenLimits): Promise<LocalLog>
}

/** Appends are taken again when so much is free: less would only hold the next few. */
const resumeFreeBytes = 16 * 1024 * 1024
const spaceCheckIntervalMs = 1_000

export class LogRepair {
  readonly #options: LogRepairOptions
  /** Repairs that run, and timers of those that wait. */
  readonly #running = new Map<Partition, Promise<void>>()
  readonly #waiting = new Map<Partition, Timer>()
  /** Logs that wait for room on the disk. */
  readonly #suspended = new Set<Partition>()
  #spaceTimer: Timer | undefined
  #isClosed = false

  constructor(options: LogRepairOptions) {
    this.#options = options
  }

  /** A log could not be opened at the start. */
  openFailed(partition: Partition, error: unknown): void {
    this.#tellOffline(partition, error)
    this.#retryLater(partition, {})
  }

  /** A write or sync of an open log failed. */
  logFailed(partition: Partition, log: LocalLog, error: StorageError): void {
    // Known durable up to syncedOffset; acknowledged up to the high watermark.
    const limits = { endLimit: log.highWatermark, rewriteFrom: log.syncedOffset }
    const isFull = isNoSpace(error)
    if (isFull) {
      this.#options.logger.error('The disk is full: appends are refused until there is room', {
        partition: partition.folder,
        error: error.message,
      })
    } else {
      if (partition.log === log) partition.log = undefined
      this.#tellOffline(partition, error)
    }
    this.#run(partition, async () => {
      if (!isFull) await log.abandon(error)
      else await log.settled()
      await this.#reopen(partition, limits, isFull ? error : undefined)
      if (isFull) await log.abandon(error)
    })
  }

  /** Resolves when no repair of the partition runs; none begins any more once it is gone. */
  async settled(partition: Partition): Promise<void> {
    this.#waiting.get(partition)?.cancel()
    this.#waiting.delete(partition)
    this.#suspended.delete(partition)
    await this.#running.get(partition)
  }

  close(): void {
    this.#isClosed = true
    this.#spaceTimer?.cancel()
  }

  async #reopen(partition: Partition, limits: ReopenLimits, full: StorageError | undefined): Promise<void> {
    if (partition.isGone) return
    try {
      const log = await this.#options.open(partition, limits)
      if (partition.isGone) {
        await log.abandon(new StorageError(`${partition.folder} was closed`))
        return
      }
      if (full !== undefined) this.#suspend(partition, log, full)
      // The configuration may have changed meanwhile.
      log.configure(partition.config)
      partition.log = log
      partition.offlineReason = undefined
      this.#options.logger.info('Opened a log again', {
        partition: partition.folder,
        logEndOffset: log.logEndOffset,
      })
    } catch (error) {
      partition.log = undefined
      this.#tellOffline(partition, error)
      this.#retryLater(partition, limits)
    }
  }

  #retryLater(partition: Partition, limits: ReopenLimits): void {
    if (this.#isClosed || partition.isGone) return
    const timer = this.#options.clock.after(this.#options.reopenIntervalMs, () => {
      this.#waiting.delete(partition)
      this.#run(partition, () => this.#reopen(partition, limits, undefined))
    })
    this.#waiting.set(partition, timer)
  }

  #run(partition: Partition, work: () => Promise<void>): void {
    const before = this.#running.get(partition) ?? Promise.resolve()
    const running = before.then(work).catch((error: unknown) => this.#tellOffline(partition, error))
    this.#running.set(partition, running)
    void running.then(() => {
      if (this.#running.get(partition) === running) this.#running.delete(partition)
    })
  }

  #suspend(partition: Partition, log: LocalLog, error: StorageError): void {
    log.suspendAppends(error)
    this.#suspended.add(partition)
    this.#spaceTimer ??= this.#options.clock.after(spaceCheckIntervalMs, () => this.#checkSpace())
  }

  #checkSpace(): void {
    this.#spaceTimer = undefined
    const check = async () => {
      const volume = await this.#options.files.volume()
      if (this.#isClosed || this.#suspended.size === 0) return
      if (volume === undefined || volume.usableBytes >= resumeFreeBytes) {
        this.#options.logger.info('There is room on the disk again: appends are taken', {
          partitions: this.#suspended.size,
        })
        for (const partition of this.#suspended) partition.log?.resumeAppends()
        this.#suspended.clear()
        return
      }
      this.#spaceTimer = this.#options.clock.after(spaceCheckIntervalMs, () => this.#checkSpace())
    }
    check().catch(() => {
      if (!this.#isClosed)
        this.#spaceTimer = this.#options.clock.after(spaceCheckIntervalMs, () => this.#checkSpace())
    })
  }

  #tellOffline(partition: Partition, error: unknown): void {
    partition.offlineReason = error instanceof Error ? error.message : String(error)
    this.#options.logger.error('A partition is offline; it is tried again', {
      partition: partition.folder,
      error: partition.offlineReason,
    })
  }
}

function isNoSpace(error: StorageError): boolean {
  return error.code === 'ENOSPC' || error.code === 'EDQUOT'
}
