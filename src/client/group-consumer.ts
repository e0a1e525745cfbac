/**
 * Reads topics as a member of a group: goes on at the committed offsets, commits at intervals, and gives partitions
 * back when the group shares them out anew. What `poll` returned counts as done at the next `poll`; so after a crash
 * records come again, and none is left out.
 */
import { KafkaError } from './client-error.ts'
import type { Cluster, TopicInfo } from './cluster.ts'
import { GroupMember } from './group-member.ts'
import { commitOffsets, fetchCommitted } from './group-offsets.ts'
import { earliest, type IsolationLevel, latest, listOffsets } from './list-offsets.ts'
import { type FetchedPartition, PartitionReader, type Position } from './partition-reader.ts'
import { keyOf, type TopicPartition } from './topic-partition-map.ts'

/** Defaults of Kafka's consumers: session.timeout.ms, heartbeat.interval.ms, auto.commit.interval.ms. */
const sessionTimeoutMs = 45_000
const defaultHeartbeatIntervalMs = 3000
const commitIntervalMs = 5000
/** max.poll.interval.ms is 300 s there. Whoever looks on from a terminal does not wait so long. */
const rebalanceTimeoutMs = 60_000
/** How often the group's topics are looked at for new partitions. */
const metadataMaxAgeMs = 30_000

export interface GroupConsumerOptions {
  readonly groupId: string
  /** A pattern takes topics in that come later; internal ones never. */
  readonly topics: readonly string[] | RegExp
  /** Where to begin in a partition that the group has no offset for. */
  readonly reset: 'earliest' | 'latest'
  readonly isolationLevel?: IsolationLevel
  readonly heartbeatIntervalMs?: number
  readonly onAssigned?: (partitions: readonly Position[]) => void
}

export class GroupConsumer {
  readonly #cluster: Cluster
  readonly #options: GroupConsumerOptions
  readonly #member: GroupMember
  readonly #reader: PartitionReader
  /** What has been returned, and not yet committed. */
  readonly #done = new Map<string, Position>()
  /** What the last poll returned: done when the next one is called. */
  #returned: readonly FetchedPartition[] = []
  #committedAtMs = 0
  #lookedAtMs = 0
  /** Topics and how many partitions each has, as text; undefined before they have been looked at. */
  #seen: string | undefined

  constructor(cluster: Cluster, options: GroupConsumerOptions) {
    this.#cluster = cluster
    this.#options = options
    const { groupId, isolationLevel = 0, reset } = options
    const heartbeatIntervalMs = options.heartbeatIntervalMs ?? defaultHeartbeatIntervalMs
    this.#member = new GroupMember(cluster, {
      groupId,
      sessionTimeoutMs,
      heartbeatIntervalMs,
      rebalanceTimeoutMs,
    })
    this.#reader = new PartitionReader(cluster, { isolationLevel, onOutOfRange: reset })
  }

  /** The next records; empty when none came within half a second, or after a rebalance. */
  async poll(): Promise<readonly FetchedPartition[]> {
    this.markDone()
    await this.#lookForPartitions()
    if (this.#member.mustJoin) {
      await this.#rebalance()
      return []
    }
    if (this.#cluster.clock.monotonicMs() - this.#committedAtMs >= commitIntervalMs) await this.commit()
    if (this.#member.mustJoin) return []
    this.#returned = await this.#reader.poll()
    return this.#returned
  }

  /**
   * Counts as done what the last poll returned.
   * @param upTo the first offset that is not done, by `keyOf`; of partitions that are not in it, everything is
   */
  markDone(upTo?: ReadonlyMap<string, number>): void {
    for (const { topic, partition, nextOffset } of this.#returned) {
      const key = keyOf({ topic, partition })
      this.#done.set(key, { topic, partition, offset: upTo?.get(key) ?? nextOffset })
    }
    this.#returned = []
  }

  /** Commits what is done. A group that has moved on refuses: then others read those records again. */
  async commit(): Promise<void> {
    this.#committedAtMs = this.#cluster.clock.monotonicMs()
    if (this.#done.size === 0) return
    const offsets = [...this.#done.values()]
    try {
      const { coordinator, committer } = this.#member
      await coordinator.retrying(() => commitOffsets(coordinator, offsets, committer))
      for (const position of offsets) {
        if (this.#done.get(keyOf(position)) === position) this.#done.delete(keyOf(position))
      }
    } catch (error) {
      if (!isOutOfGeneration(error)) throw error
      this.#member.requestRejoin()
      this.#cluster.logger.debug('the group has moved on before a commit', { error: String(error) })
    }
  }

  /** Stops reading from a partition, which stays assigned. */
  pause(at: TopicPartition): void {
    this.#reader.remove(at)
  }

  /** Leaves the group. What is done is committed before, unless `commit` is false. */
  async close({ commit = true } = {}): Promise<void> {
    if (commit && !this.#memberIsLost()) await this.commit().catch((error: unknown) => this.#warn(error))
    await this.#member.leave()
  }

  #memberIsLost(): boolean {
    try {
      return this.#member.mustJoin && this.#done.size === 0
    } catch {
      return true
    }
  }

  #warn(error: unknown): void {
    this.#cluster.logger.warn(
      `the last commit failed: ${error instanceof Error ? error.message : String(error)}`,
    )
  }

  async #rebalance(): Promise<void> {
    await this.commit()
    this.#done.clear()
    this.#reader.assign([])
    const partitions = await this.#member.join()
    const positions = await this.#startingPositions(partitions)
    this.#reader.assign(positions)
    this.#options.onAssigned?.(positions)
  }

  async #startingPositions(partitions: readonly TopicPartition[]): Promise<Position[]> {
    if (partitions.length === 0) return []
    const committed = await fetchCommitted(this.#member.coordinator, partitions)
    const fresh = partitions.filter(at => !committed.has(keyOf(at)))
    const timestamp = this.#options.reset === 'earliest' ? earliest : latest
    const offsets = await listOffsets(
      this.#cluster,
      fresh.map(at => ({ ...at, timestamp })),
    )
    return partitions.map(({ topic, partition }) => {
      const key = keyOf({ topic, partition })
      return { topic, partition, offset: committed.get(key)?.offset ?? offsets.get(key)! }
    })
  }

  /** Topics come and grow, and no broker tells a classic group of it. */
  async #lookForPartitions(): Promise<void> {
    const nowMs = this.#cluster.clock.monotonicMs()
    if (this.#seen !== undefined && nowMs - this.#lookedAtMs < metadataMaxAgeMs) return
    this.#lookedAtMs = nowMs
    const topics = await this.#topics()
    const seen = topics.map(({ name, partitions }) => `${name} ${partitions.length}`).join(',')
    if (seen === this.#seen) return
    if (this.#seen !== undefined) this.#member.requestRejoin()
    this.#seen = seen
    this.#member.subscribe(topics.map(({ name }) => name))
  }

  #topics(): Promise<readonly TopicInfo[]> {
    const { topics } = this.#options
    if (topics instanceof RegExp) return this.#cluster.topicsLike(topics)
    return Promise.all(topics.map(name => this.#cluster.topic(name, { fresh: true })))
  }
}

function isOutOfGeneration(error: unknown): boolean {
  if (!(error instanceof KafkaError)) return false
  const { errorName } = error
  return (
    errorName === 'ILLEGAL_GENERATION' ||
    errorName === 'UNKNOWN_MEMBER_ID' ||
    errorName === 'REBALANCE_IN_PROGRESS'
  )
}
