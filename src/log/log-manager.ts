/**
 * Logs over a FileStore: opens what the rows say exists, makes and removes partitions, takes care that a log which
 * failed comes back, and does the periodic work of all logs. Must not know records.
 *
 * Rows decide what exists. A folder is made durable before its row is committed and renamed away after its row is
 * gone, so a kill in between leaves a folder without a row, which the next start removes.
 */
import type { Clock, Timer } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import type { Random } from '#base/random.ts'
import type { FileStore, Volume } from '#storage/file-store.ts'
import { IndexCache } from '#storage/index-cache.ts'
import type { TopicRow } from '#storage/metadata-store.ts'
import { partitionFolder } from '#storage/segment-names.ts'
import { StorageError } from '#storage/storage-error.ts'
import { TailCache } from '#storage/tail-cache.ts'
import { Flusher } from './flusher.ts'
import { forEachLimited } from './for-each-limited.ts'
import type { LogServices } from './local-log.ts'
import { LocalLog } from './local-log.ts'
import type { LogConfig } from './log-config.ts'
import { LogRepair } from './log-repair.ts'
import type { Logs, NewTopicLogs } from './logs.ts'
import { OffsetCheckpoint } from './offset-checkpoint.ts'
import { openLog } from './open-log.ts'
import type { PartitionLog } from './partition-log.ts'
import { PartitionFolders } from './partition-folders.ts'
import type { DeepValidator } from './validation-pool.ts'

export interface LogSettings {
  /** log.retention.check.interval.ms */
  readonly retentionCheckIntervalMs: number
  /** log.flush.offset.checkpoint.interval.ms */
  readonly recoveryPointCheckpointIntervalMs: number
  /** producer.id.expiration.ms */
  readonly producerExpirationMs: number | (() => number)
  /** producer.id.expiration.check.interval.ms */
  readonly producerExpirationCheckIntervalMs: number
  /** Memory for the bytes written last, of all logs together. */
  readonly tailCacheBytes: number
  /** Memory for the indexes of inactive segments, of all logs together. */
  readonly indexCacheBytes: number
  /** Bytes of a log between the snapshots of its producers: about what an unclean start has to scan of it. */
  readonly snapshotIntervalBytes: number
  /** How often a log that failed is tried again. */
  readonly reopenIntervalMs: number
}

export const defaultLogSettings: LogSettings = {
  retentionCheckIntervalMs: 300_000,
  recoveryPointCheckpointIntervalMs: 60_000,
  producerExpirationMs: 86_400_000,
  producerExpirationCheckIntervalMs: 600_000,
  tailCacheBytes: 64 * 1024 * 1024,
  indexCacheBytes: 64 * 1024 * 1024,
  snapshotIntervalBytes: 4 * 1024 * 1024,
  reopenIntervalMs: 5_000,
}

export interface LogManagerOptions {
  readonly files: FileStore
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly validator: DeepValidator
  /** Everything that exists. Where the last stop was unclean, with leader epochs that were raised already. */
  readonly topics: readonly (TopicRow & { readonly config: LogConfig })[]
  readonly settings?: Partial<LogSettings>
}

/** What is known of a partition, open or not. */
export interface Partition {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly folder: string
  leaderEpoch: number
  config: LogConfig
  log: LocalLog | undefined
  /** Why it is not open. */
  offlineReason: string | undefined
  /** Its topic was deleted, or the manager closed: nothing is opened any more. */
  isGone: boolean
}

export const cleanShutdownFile = '.kafka_cleanshutdown'
const recoveryPointFile = 'recovery-point-offset-checkpoint'
const logStartFile = 'log-start-offset-checkpoint'
/** Partitions opened or closed at a time. */
const maxParallel = 16

export class LogManager implements Logs {
  readonly #options: LogManagerOptions
  readonly #settings: LogSettings
  readonly #services: LogServices
  readonly #folders: PartitionFolders
  readonly #recoveryPoints: OffsetCheckpoint
  readonly #logStarts: OffsetCheckpoint
  readonly #repair: LogRepair
  readonly #topics = new Map<string, Partition[]>()
  /** Made, and not yet published, by topic id. */
  readonly #created = new Map<string, Partition[]>()
  readonly #timers = new Map<string, Timer>()
  #isClosed = false

  private constructor(
    options: LogManagerOptions,
    settings: LogSettings,
    recoveryPoints: OffsetCheckpoint,
    logStarts: OffsetCheckpoint,
  ) {
    const { files, clock, random, logger, validator } = options
    this.#options = options
    this.#settings = settings
    this.#recoveryPoints = recoveryPoints
    this.#logStarts = logStarts
    this.#folders = new PartitionFolders(files, random, logger)
    this.#services = {
      files,
      clock,
      random,
      logger,
      validator,
      flusher: new Flusher(),
      tails: new TailCache(settings.tailCacheBytes),
      indexes: new IndexCache(settings.indexCacheBytes),
      snapshotIntervalBytes: settings.snapshotIntervalBytes,
      storeLogStartOffset: (folder, offset) => {
        logStarts.set(folder, offset)
        return logStarts.write()
      },
    }
    this.#repair = new LogRepair({
      files,
      clock,
      logger,
      reopenIntervalMs: settings.reopenIntervalMs,
      open: (partition, limits) => this.#open(partition, { wasClean: false, ...limits }),
    })
  }

  /**
   * Whether the last stop was orderly; true for a folder without partitions. The broker raises the leader epochs of
   * all topics before it calls `open` where this is false.
   */
  static async wasCleanShutdown(files: FileStore): Promise<boolean> {
    if ((await files.stat(cleanShutdownFile)) !== undefined) return true
    const entries = await files.list('')
    return !entries.some(entry => entry.isFolder && /-\d+$/.test(entry.name))
  }

  /** Opens the logs of all topics. One that cannot be opened is offline; the rest goes on. */
  static async open(options: LogManagerOptions): Promise<LogManager> {
    const { files, logger, topics } = options
    const settings = { ...defaultLogSettings, ...options.settings }
    const wasClean = await LogManager.wasCleanShutdown(files)
    const manager = new LogManager(
      options,
      settings,
      await OffsetCheckpoint.open(files, recoveryPointFile, logger),
      await OffsetCheckpoint.open(files, logStartFile, logger),
    )
    const folders = await manager.#folders.findAndClean(topics)
    // From here on a stop is unclean until close() says otherwise.
    await files.remove(cleanShutdownFile)
    await files.syncFolder('')
    const partitions = topics.flatMap(topic => manager.#addTopic(topic))
    await forEachLimited(partitions, maxParallel, partition =>
      manager.#openAtStart(partition, folders.has(partition.folder), wasClean),
    )
    manager.#startTimers()
    return manager
  }

  #addTopic(topic: TopicRow & { config: LogConfig }): Partition[] {
    const partitions = Array.from({ length: topic.partitionCount }, (_, partition) =>
      makePartition(topic.name, topic.topicId, partition, topic.leaderEpoch, topic.config),
    )
    this.#topics.set(topic.name, partitions)
    return partitions
  }

  async #openAtStart(partition: Partition, hasFolder: boolean, wasClean: boolean): Promise<void> {
    if (!hasFolder) {
      partition.offlineReason = 'its folder is gone'
      this.#options.logger.error('The folder of a partition is gone; the partition stays offline', {
        partition: partition.folder,
      })
      return
    }
    try {
      partition.log = await this.#open(partition, { wasClean })
    } catch (error) {
      this.#repair.openFailed(partition, error)
    }
  }

  async #open(
    partition: Partition,
    limits: { wasClean: boolean; endLimit?: number; rewriteFrom?: number },
  ): Promise<LocalLog> {
    const { folder, config, leaderEpoch } = partition
    const { files, logger, clock } = this.#options
    const loaded = await openLog({
      files,
      logger,
      cache: this.#services.indexes,
      folder,
      indexIntervalBytes: config.indexIntervalBytes,
      nowMs: clock.nowMs(),
      leaderEpoch,
      logStartOffset: this.#logStarts.get(folder),
      recoveryPoint: this.#recoveryPoints.get(folder),
      producerExpirationMs: this.#settings.producerExpirationMs,
      snapshotIntervalBytes: this.#settings.snapshotIntervalBytes,
      ...limits,
    })
    return new LocalLog({
      topic: partition.topic,
      topicId: partition.topicId,
      partition: partition.partition,
      folder,
      config: partition.config,
      services: this.#services,
      loaded,
      onFailure: (log, error) => this.#repair.logFailed(partition, log, error),
    })
  }

  // -- Logs -------------------------------------------------------------------------------------------------------

  get dataFolder(): string {
    return this.#options.files.location
  }

  volume(): Promise<Volume | undefined> {
    return this.#options.files.volume()
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.#topics.get(topic)?.[partition]?.log
  }

  isOffline(topic: string, partition: number): boolean {
    const found = this.#topics.get(topic)?.[partition]
    return found !== undefined && found.log === undefined
  }

  async create(topic: NewTopicLogs): Promise<void> {
    const partitions = topic.partitions.map(partition =>
      makePartition(topic.topic, topic.topicId, partition, topic.leaderEpoch, topic.config),
    )
    try {
      await forEachLimited(partitions, maxParallel, async partition => {
        if (this.#logStarts.delete(partition.folder)) await this.#logStarts.write()
        this.#recoveryPoints.delete(partition.folder)
        await this.#folders.create(partition.topic, partition.topicId, partition.partition)
        partition.log = await this.#open(partition, { wasClean: false })
      })
      await this.#folders.syncRoot()
    } catch (error) {
      await this.#removeCreated(partitions)
      throw error
    }
    this.#created.set(topic.topicId, [...(this.#created.get(topic.topicId) ?? []), ...partitions])
  }

  publish(topicId: string): void {
    for (const partition of this.#created.get(topicId) ?? []) {
      const partitions = this.#topics.get(partition.topic) ?? []
      partitions[partition.partition] = partition
      this.#topics.set(partition.topic, partitions)
    }
    this.#created.delete(topicId)
  }

  async discard(topicId: string): Promise<void> {
    const partitions = this.#created.get(topicId) ?? []
    this.#created.delete(topicId)
    await this.#removeCreated(partitions)
  }

  async #removeCreated(partitions: readonly Partition[]): Promise<void> {
    for (const partition of partitions) {
      partition.isGone = true
      await partition.log?.abandon(deletedError(partition))
      // What stays behind has no row: the next start removes it, and `create` does where the name comes again.
      await this.#folders
        .remove(partition.folder)
        .catch((error: unknown) => this.#warnLeftover(partition.folder, error))
    }
  }

  async delete(topic: string): Promise<void> {
    const partitions = this.#topics.get(topic) ?? []
    this.#topics.delete(topic)
    for (const partition of partitions) partition.isGone = true
    await forEachLimited(partitions, maxParallel, partition => this.#deletePartition(partition))
    await this.#folders.syncRoot()
    await this.#logStarts.write()
  }

  async #deletePartition(partition: Partition): Promise<void> {
    const { log, folder } = partition
    await this.#repair.settled(partition)
    await log?.abandon(deletedError(partition))
    this.#logStarts.delete(folder)
    this.#recoveryPoints.delete(folder)
    const deleted = await this.#folders.markDeleted(folder).catch((error: unknown) => {
      this.#warnLeftover(folder, error)
      return undefined
    })
    if (deleted === undefined) return
    this.#options.clock.after(partition.config.fileDeleteDelayMs, () => {
      const remove = async () => {
        await log?.unused()
        await this.#folders.remove(deleted)
      }
      remove().catch((error: unknown) => this.#warnLeftover(deleted, error))
    })
  }

  #warnLeftover(folder: string, error: unknown): void {
    this.#options.logger.warn('Could not remove a folder; the next start will', {
      folder,
      error: String(error),
    })
  }

  configure(topic: string, config: LogConfig): void {
    for (const partition of this.#topics.get(topic) ?? []) {
      partition.config = config
      partition.log?.configure(config)
    }
  }

  // -- periodic work ----------------------------------------------------------------------------------------------

  #startTimers(): void {
    const settings = this.#settings
    this.#repeat('retention', settings.retentionCheckIntervalMs, () => this.applyRetention())
    this.#repeat('checkpoint', settings.recoveryPointCheckpointIntervalMs, () => this.checkpoint())
    this.#repeat('producers', settings.producerExpirationCheckIntervalMs, async () => {
      const nowMs = this.#options.clock.nowMs()
      for (const log of this.#openLogs()) log.removeExpiredProducers(nowMs)
    })
  }

  #repeat(name: string, intervalMs: number, work: () => Promise<void>): void {
    const arm = () => this.#timers.set(name, this.#options.clock.after(intervalMs, run))
    const run = () => {
      void work()
        .catch((error: unknown) =>
          this.#options.logger.warn('Periodic work on the logs failed; it is tried again', {
            work: name,
            error: String(error),
          }),
        )
        .then(() => {
          if (!this.#isClosed) arm()
        })
    }
    arm()
  }

  #openLogs(): LocalLog[] {
    const logs: LocalLog[] = []
    for (const partitions of this.#topics.values())
      for (const { log } of partitions) if (log !== undefined) logs.push(log)
    return logs
  }

  /** One round of retention over all logs. A log that fails does not keep the others from it. */
  async applyRetention(): Promise<void> {
    for (const log of this.#openLogs())
      await log.applyRetention(this.#options.clock.nowMs()).catch((error: unknown) =>
        this.#options.logger.warn('Could not remove old segments', {
          partition: log.folder,
          error: String(error),
        }),
      )
  }

  /** Shortens what an unclean start would have to scan, and stores how far everything is durable. */
  async checkpoint(): Promise<void> {
    for (const log of this.#openLogs()) {
      await log.checkpoint().catch((error: unknown) =>
        this.#options.logger.warn('Could not write a checkpoint of a log', {
          partition: log.folder,
          error: String(error),
        }),
      )
      this.#recoveryPoints.set(log.folder, log.recoveryPoint)
    }
    await this.#recoveryPoints.write()
  }

  /**
   * An orderly stop: everything synced, checkpoints and snapshots written, then the mark that tells the next start.
   * A log that could not be closed so is told and leaves the mark out.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const timer of this.#timers.values()) timer.cancel()
    const partitions = [...this.#topics.values()].flat()
    for (const partition of partitions) partition.isGone = true
    this.#repair.close()
    let isClean = true
    await forEachLimited(partitions, maxParallel, async partition => {
      await this.#repair.settled(partition)
      if (partition.log === undefined) isClean = false
      else
        try {
          await partition.log.close()
          this.#recoveryPoints.set(partition.folder, partition.log.recoveryPoint)
        } catch (error) {
          isClean = false
          this.#options.logger.error('Could not close a log in an orderly way; the next start checks it', {
            partition: partition.folder,
            error: String(error),
          })
        }
    })
    await this.#recoveryPoints.write()
    await this.#logStarts.write()
    if (!isClean) return
    await this.#options.files.replace(cleanShutdownFile, Buffer.from('{"version":0,"brokerEpoch":-1}'))
  }
}

function makePartition(
  topic: string,
  topicId: string,
  partition: number,
  leaderEpoch: number,
  config: LogConfig,
): Partition {
  return {
    topic,
    topicId,
    partition,
    folder: partitionFolder(topic, partition),
    leaderEpoch,
    config,
    log: undefined,
    offlineReason: undefined,
    isGone: false,
  }
}

function deletedError(partition: Partition): StorageError {
  return new StorageError(`${partition.folder} was deleted`)
}
