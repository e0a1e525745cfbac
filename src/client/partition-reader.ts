/**
 * Reads records from any number of partitions: one fetch at a time to each leader, each a long poll. Keeps the
 * positions, finds new leaders, and tries again what passes; a reader that hears nothing for too long fails.
 */
import { fetch, type FetchResponse } from '#protocol/messages/fetch.ts'
import { errorOf, isRetriable, KafkaError } from './client-error.ts'
import { type Cluster, defaultPatienceMs } from './cluster.ts'
import { requestTimeoutMs } from './connection.ts'
import { decodeFetched, type FetchedRecord, UnreadableBatchError } from './fetched-records.ts'
import { earliest, type IsolationLevel, latest, listOffsets } from './list-offsets.ts'
import { backoffMs } from './retry.ts'
import { byTopic, formatPartition, keyOf, type TopicPartition } from './topic-partition-map.ts'

/** Of one answer; the broker goes beyond it only for a single batch. */
const maxFetchBytes = 16 * 1024 * 1024
/** max.partition.fetch.bytes of Kafka's clients. */
const maxPartitionBytes = 1024 * 1024
/** Topics have ids instead of names from this version on. */
const firstVersionWithTopicIds = 13
const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'

export interface FetchedPartition extends TopicPartition {
  readonly records: readonly FetchedRecord[]
  /** Where the next fetch goes on. */
  readonly nextOffset: number
  /** What can be read by now ends here: the high watermark, or the last stable offset. */
  readonly endOffset: number
}

export interface ReaderOptions {
  readonly isolationLevel?: IsolationLevel
  /** How long a fetch waits for the first byte. */
  readonly maxWaitMs?: number
  /** Where to go on when the records at the position are gone. */
  readonly onOutOfRange?: 'earliest' | 'latest'
}

export interface Position extends TopicPartition {
  readonly offset: number
}

type WirePartition = FetchResponse['responses'][number]['partitions'][number]

export class PartitionReader {
  readonly #cluster: Cluster
  readonly #lane: number
  readonly #isolationLevel: IsolationLevel
  readonly #maxWaitMs: number
  readonly #onOutOfRange: 'earliest' | 'latest'
  #positions = new Map<string, Position>()
  /** Fetches that are not answered, by leader. They never reject. */
  readonly #fetching = new Map<number, Promise<void>>()
  #fetched: FetchedPartition[] = []
  /** Failures since the last answer with records or without, and when the first of them was. */
  #failures = 0
  #failingSinceMs = 0
  #failure: unknown

  constructor(cluster: Cluster, options: ReaderOptions = {}) {
    this.#cluster = cluster
    this.#lane = cluster.newLane()
    this.#isolationLevel = options.isolationLevel ?? 0
    this.#maxWaitMs = options.maxWaitMs ?? 500
    this.#onOutOfRange = options.onOutOfRange ?? 'earliest'
  }

  /** Reads from these partitions and no others from now on. */
  assign(positions: Iterable<Position>): void {
    this.#positions = new Map([...positions].map(position => [keyOf(position), position]))
    this.#fetched = []
  }

  /** Reads from this partition as well. */
  add(position: Position): void {
    this.#positions.set(keyOf(position), position)
  }

  /** Reads from this partition no longer. */
  remove(at: TopicPartition): void {
    this.#positions.delete(keyOf(at))
  }

  get assignedCount(): number {
    return this.#positions.size
  }

  /**
   * What has come, or comes within a long poll; empty when nothing did.
   * @throws KafkaError, ConnectionError, UnreadableBatchError and the errors of decodeFetched
   */
  async poll(): Promise<readonly FetchedPartition[]> {
    if (this.#fetched.length === 0) {
      await this.#startFetches()
      if (this.#fetching.size === 0) await this.#cluster.clock.sleep(this.#maxWaitMs)
      else await Promise.race(this.#fetching.values())
    }
    await this.#judgeFailure()
    const fetched = this.#fetched
    this.#fetched = []
    return fetched
  }

  async #startFetches(): Promise<void> {
    try {
      for (const [nodeId, positions] of await this.#byLeader()) {
        if (this.#fetching.has(nodeId)) continue
        const fetching = this.#fetch(nodeId, positions)
          .catch((error: unknown) => this.#noteFailure(error, positions))
          .then(() => void this.#fetching.delete(nodeId))
        this.#fetching.set(nodeId, fetching)
      }
    } catch (error) {
      this.#noteFailure(error, this.#positions.values())
    }
  }

  async #byLeader(): Promise<Map<number, Position[]>> {
    const leaders = new Map<number, Position[]>()
    for (const position of this.#positions.values()) {
      const { leaderId } = await this.#cluster.leaderOf(position.topic, position.partition)
      const list = leaders.get(leaderId)
      if (list === undefined) leaders.set(leaderId, [position])
      else list.push(position)
    }
    return leaders
  }

  async #fetch(nodeId: number, positions: readonly Position[]): Promise<void> {
    const topics = await Promise.all(
      [...byTopic(positions)].map(async ([name, asked]) => ({
        info: await this.#cluster.topic(name),
        asked,
      })),
    )
    const haveIds = topics.every(({ info }) => info.topicId !== noTopicId)
    const response = await this.#cluster.call(
      { nodeId, lane: this.#lane },
      fetch,
      {
        replicaId: -1,
        maxWaitMs: this.#maxWaitMs,
        minBytes: 1,
        maxBytes: maxFetchBytes,
        isolationLevel: this.#isolationLevel,
        topics: topics.map(({ info, asked }) => ({
          topic: info.name,
          topicId: info.topicId,
          partitions: asked.map(({ partition, offset }) => ({
            partition,
            fetchOffset: offset,
            currentLeaderEpoch: info.partitions[partition]?.leaderEpoch ?? -1,
            partitionMaxBytes: maxPartitionBytes,
          })),
        })),
      },
      {
        timeoutMs: requestTimeoutMs + this.#maxWaitMs,
        ...(haveIds ? {} : { maxVersion: firstVersionWithTopicIds - 1 }),
      },
    )
    const sent = new Map(positions.map(position => [keyOf(position), position]))
    const names = new Map(topics.map(({ info }) => [info.topicId, info.name]))
    const error = errorOf(response.errorCode, `fetch from broker ${nodeId}`)
    if (error !== undefined) throw error
    for (const { topic, topicId, partitions } of response.responses) {
      const name = topic || names.get(topicId)
      if (name === undefined) continue
      for (const partition of partitions) await this.#take(name, partition, sent)
    }
  }

  /** Takes the answer for one partition, unless its position has changed since it was asked for. */
  async #take(topic: string, answer: WirePartition, sent: ReadonlyMap<string, Position>): Promise<void> {
    const at = { topic, partition: answer.partitionIndex }
    const key = keyOf(at)
    const position = sent.get(key)
    if (position === undefined || this.#positions.get(key) !== position) return
    const error = errorOf(answer.errorCode, formatPartition(at))
    if (error?.errorName === 'OFFSET_OUT_OF_RANGE') return this.#reset(position)
    if (error !== undefined) return this.#noteFailure(error, [position])
    this.#failures = 0
    const { records, nextOffset } = this.#decode(position, answer)
    this.#positions.set(key, { ...at, offset: nextOffset })
    const endOffset = this.#isolationLevel === 1 ? answer.lastStableOffset : answer.highWatermark
    this.#fetched.push({ ...at, records, nextOffset, endOffset })
  }

  #decode(position: Position, answer: WirePartition): ReturnType<typeof decodeFetched> {
    const bytes = answer.records ?? Buffer.alloc(0)
    const aborted = this.#isolationLevel === 1 ? (answer.abortedTransactions ?? []) : []
    try {
      return decodeFetched(bytes, position.offset, aborted)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const where = `${formatPartition(position)} at offset ${position.offset}`
      throw new UnreadableBatchError(`${where} cannot be read: ${why}`, { cause: error })
    }
  }

  async #reset(position: Position): Promise<void> {
    const timestamp = this.#onOutOfRange === 'earliest' ? earliest : latest
    const offsets = await listOffsets(this.#cluster, [{ ...position, timestamp }])
    const offset = offsets.get(keyOf(position))!
    const where = formatPartition(position)
    this.#cluster.logger.warn(
      `${where}: there is nothing at offset ${position.offset}, going on at ${offset}`,
    )
    if (this.#positions.get(keyOf(position)) === position) {
      this.#positions.set(keyOf(position), { ...position, offset })
    }
  }

  #noteFailure(error: unknown, positions: Iterable<Position>): void {
    for (const { topic } of positions) this.#cluster.forgetTopic(topic)
    if (this.#failures++ === 0) this.#failingSinceMs = this.#cluster.clock.monotonicMs()
    this.#failure = error
  }

  /** Throws what does not pass; what may pass costs a pause. */
  async #judgeFailure(): Promise<void> {
    const error = this.#failure
    if (error === undefined) return
    this.#failure = undefined
    const failingMs = this.#cluster.clock.monotonicMs() - this.#failingSinceMs
    const isHopeless = !isRetriable(error) || isGone(error) || failingMs > defaultPatienceMs
    if (isHopeless || this.#cluster.isClosed) throw error
    if (this.#failures === 1) this.#cluster.logger.warn(`${describe(error)}; trying again`)
    await this.#cluster.clock.sleep(backoffMs(this.#failures, this.#cluster.random))
  }
}

/** The lookup of a topic has waited long enough for one that is new. */
function isGone(error: unknown): boolean {
  return (
    error instanceof KafkaError &&
    error.errorName === 'UNKNOWN_TOPIC_OR_PARTITION' &&
    error.subject.startsWith('topic ')
  )
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
