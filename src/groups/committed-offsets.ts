/**
 * The offsets that one group has committed. Pure: who may commit is decided elsewhere, and so is when they expire.
 */
import type { ErrorName } from '#protocol/error-codes.ts'
import type { MetadataChange, OffsetRow } from '#storage/metadata-store.ts'

export interface CommittedOffset {
  /** Given back as it came: any int64. */
  readonly offset: bigint
  /** -1: the client did not say. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: number
  /** -1: follows offsets.retention.minutes. */
  readonly expireTimestampMs: number
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** One partition of a commit that was asked for. */
export interface OffsetToCommit extends TopicPartition {
  /** Of the topic that the client meant; the commit is refused when it has been replaced meanwhile. */
  readonly topicId: string
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string
}

export interface PartitionResult extends TopicPartition {
  readonly error: ErrorName
}

export type OffsetsByTopic = ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>>

export const noOffsets: OffsetsByTopic = new Map()

export class CommittedOffsets {
  readonly #topics = new Map<string, Map<number, CommittedOffset>>()

  get byTopic(): OffsetsByTopic {
    return this.#topics
  }

  get isEmpty(): boolean {
    return this.#topics.size === 0
  }

  put(topic: string, partition: number, committed: CommittedOffset): void {
    let partitions = this.#topics.get(topic)
    if (partitions === undefined) this.#topics.set(topic, (partitions = new Map()))
    partitions.set(partition, committed)
  }

  has(topic: string, partition: number): boolean {
    return this.#topics.get(topic)?.has(partition) ?? false
  }

  delete(topic: string, partition: number): void {
    const partitions = this.#topics.get(topic)
    partitions?.delete(partition)
    if (partitions?.size === 0) this.#topics.delete(topic)
  }

  deleteTopic(topic: string): boolean {
    return this.#topics.delete(topic)
  }

  clear(): void {
    this.#topics.clear()
  }
}

/**
 * The moment from which a commit with its own retention (OffsetCommit versions 2 to 4) is expired.
 * @param retentionTimeMs -1: the broker's retention applies
 */
export function expireTimestampMs(retentionTimeMs: number, nowMs: number): number {
  return retentionTimeMs === -1 ? -1 : Math.min(nowMs + retentionTimeMs, Number.MAX_SAFE_INTEGER)
}

export function offsetRow(groupId: string, at: TopicPartition, committed: CommittedOffset): OffsetRow {
  return { groupId, topic: at.topic, partition: at.partition, ...committed }
}

export function deleteOffsetChange(groupId: string, { topic, partition }: TopicPartition): MetadataChange {
  return { type: 'deleteOffset', groupId, topic, partition }
}
