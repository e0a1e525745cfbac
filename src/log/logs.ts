/**
 * All partition logs of this broker, as metadata/ and api/ see them. log-manager.ts is its form.
 */
import type { Volume } from '#storage/file-store.ts'
import type { LogConfig } from './log-config.ts'
import type { PartitionLog } from './partition-log.ts'

export interface Logs {
  /** The data folder, as clients are told: an absolute path, or `memory`. */
  readonly dataFolder: string
  /**
   * What the data folder lies on, where the platform tells.
   * @throws StorageError (as a rejection) when the folder cannot be reached
   */
  volume(): Promise<Volume | undefined>
  /** The open log, or undefined where this broker has none (unknown, being deleted, or failed to open). */
  get(topic: string, partition: number): PartitionLog | undefined
  /** Why an existing partition's log is not open: it answers KAFKA_STORAGE_ERROR until it can be opened again. */
  isOffline(topic: string, partition: number): boolean
  /**
   * Makes folders and files of new partitions and makes them durable, all or none; the row that makes them exist is
   * committed by the caller afterwards. Until `publish` they are not found by `get`.
   */
  create(topic: NewTopicLogs): Promise<void>
  /** The row is committed: from now on `get` finds the partitions that `create` made. Synchronous. */
  publish(topicId: string): void
  /** The row could not be committed: removes what `create` made. */
  discard(topicId: string): Promise<void>
  /** The row is gone: `get` forgets the topic at once, folders are renamed away now and removed after file.delete.delay.ms. */
  delete(topic: string): Promise<void>
  /** The topic's configuration changed. */
  configure(topic: string, config: LogConfig): void
}

export interface NewTopicLogs {
  readonly topic: string
  readonly topicId: string
  readonly leaderEpoch: number
  /** Partitions to make, ascending. */
  readonly partitions: readonly number[]
  readonly config: LogConfig
}
