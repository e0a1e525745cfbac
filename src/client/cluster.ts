/**
 * The brokers of one cluster as a client sees them: who they are, who leads what, and the connections to them, made
 * when they are needed. Answers of the brokers are not judged here, apart from Metadata.
 */
import type { Clock } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import type { Random } from '#base/random.ts'
import { metadata } from '#protocol/messages/metadata.ts'
import type { ApiMessage } from '#protocol/schema.ts'
import { ConnectionError, KafkaError, errorOf, isRetriable } from './client-error.ts'
import {
  type Address,
  type CallOptions,
  Connection,
  type Dial,
  dialTcp,
  formatAddress,
} from './connection.ts'
import { type RetryOptions, withRetries } from './retry.ts'

export interface ClusterOptions {
  /** Any of these will do to learn of the others. */
  readonly bootstrap: readonly Address[]
  readonly clientId: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly dial?: Dial
}

export interface BrokerNode extends Address {
  readonly id: number
  readonly rack: string | undefined
}

export interface PartitionInfo {
  readonly partition: number
  /** -1: there is none at the moment. */
  readonly leaderId: number
  /** -1 where the broker is too old to say. */
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
}

export interface TopicInfo {
  readonly name: string
  /** The zero uuid where the broker is too old to say. */
  readonly topicId: string
  readonly isInternal: boolean
  /** In order of their numbers. */
  readonly partitions: readonly PartitionInfo[]
}

export interface ClusterInfo {
  readonly clusterId: string | undefined
  readonly controllerId: number
  readonly brokers: readonly BrokerNode[]
  readonly topics: readonly TopicInfo[]
  /** Topics that were asked for and cannot be described, each with the reason. */
  readonly failures: ReadonlyMap<string, KafkaError>
}

/**
 * Which broker a request is for. Who sends requests that a broker may keep waiting has a lane of his own, because it
 * answers the requests of a connection one after the other.
 */
export interface Target {
  /** A broker's id; undefined: any broker. */
  readonly nodeId?: number
  /** From `newLane`: a connection that others do not use. undefined: the one that all share. */
  readonly lane?: number
}

const sharedLane = 0

/** How long a call is tried again in all. Kafka's default.api.timeout.ms is 60 s; people wait at this one. */
export const defaultPatienceMs = 30_000
/** How long a first broker is looked for: a wrong address should be told soon, a broker may be just starting. */
const firstContactPatienceMs = 2000
/** How long a topic that is not there may be on its way: a broker learns of a new topic a moment after its creation. */
const newTopicGraceMs = 1000

export class Cluster {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly #options: ClusterOptions
  readonly #nodes = new Map<number, BrokerNode>()
  readonly #topics = new Map<string, TopicInfo>()
  readonly #connections = new Map<string, Promise<Connection>>()
  #laneCount = 1
  #hasConnected = false
  #closed = false

  constructor(options: ClusterOptions) {
    this.clock = options.clock
    this.random = options.random
    this.logger = options.logger
    this.#options = options
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Closes all connections; calls that wait are rejected. */
  async close(): Promise<void> {
    this.#closed = true
    const open = await Promise.allSettled(this.#connections.values())
    for (const result of open) if (result.status === 'fulfilled') result.value.close()
    this.#connections.clear()
  }

  newLane(): number {
    return this.#laneCount++
  }

  /** Tries again what fails for a reason that passes. */
  retrying<Result>(attempt: () => Promise<Result>, options: Partial<RetryOptions> = {}): Promise<Result> {
    const { when = isRetriable, onRetry, withinMs = defaultPatienceMs } = options
    return withRetries(
      this,
      {
        withinMs: this.#hasConnected ? withinMs : Math.min(withinMs, firstContactPatienceMs),
        when: error => !this.#closed && when(error),
        onRetry: error => {
          this.logger.debug('trying again', { error: String(error) })
          onRetry?.(error)
        },
      },
      attempt,
    )
  }

  /** One call, once. @throws ConnectionError, KafkaError UNSUPPORTED_VERSION */
  async call<RequestInput, Response>(
    target: Target,
    api: ApiMessage<never, never, RequestInput, Response>,
    request: RequestInput,
    options?: CallOptions,
  ): Promise<Response> {
    const connection = await this.connect(target)
    return connection.call(api, request, options)
  }

  /** @throws ConnectionError */
  connect(target: Target): Promise<Connection> {
    if (target.nodeId === undefined) return this.#connectToAny()
    const node = this.#nodes.get(target.nodeId)
    if (node === undefined) return Promise.reject(new ConnectionError(`broker ${target.nodeId} is not known`))
    return this.#connectTo(node, target.lane)
  }

  /**
   * Asks for topics.
   * @param names undefined: all topics
   * @throws ConnectionError; what is wrong with one topic is in `failures`
   */
  async describe(names: readonly string[] | undefined, { autoCreate = false } = {}): Promise<ClusterInfo> {
    const response = await this.call({}, metadata, {
      topics: names === undefined ? null : names.map(name => ({ name })),
      allowAutoTopicCreation: autoCreate,
    })
    this.#nodes.clear()
    const brokers = response.brokers.map(({ nodeId, host, port, rack }): BrokerNode => ({
      id: nodeId,
      host,
      port,
      rack: rack ?? undefined,
    }))
    for (const broker of brokers) this.#nodes.set(broker.id, broker)
    const topics: TopicInfo[] = []
    const failures = new Map<string, KafkaError>()
    for (const { errorCode, name, topicId, isInternal, partitions } of response.topics) {
      if (name === null) continue
      const error = errorOf(errorCode, `topic '${name}'`)
      if (error === undefined) topics.push({ name, topicId, isInternal, partitions: inOrder(partitions) })
      else failures.set(name, error)
    }
    for (const name of failures.keys()) this.#topics.delete(name)
    for (const topic of topics) this.#topics.set(topic.name, topic)
    const clusterId = response.clusterId ?? undefined
    return { clusterId, controllerId: response.controllerId, brokers, topics, failures }
  }

  /** As `describe`, tried again for a while. */
  info(names: readonly string[] | undefined): Promise<ClusterInfo> {
    return this.retrying(() => this.describe(names))
  }

  /**
   * The topic, from memory when it is known.
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION a moment after it should have been there
   */
  async topic(name: string, { fresh = false, autoCreate = false } = {}): Promise<TopicInfo> {
    const known = this.#topics.get(name)
    if (known !== undefined && !fresh) return known
    const find = async (): Promise<TopicInfo> => {
      const { topics, failures } = await this.describe([name], { autoCreate })
      const topic = topics.find(topic => topic.name === name)
      if (topic !== undefined) return topic
      throw failures.get(name) ?? new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `topic '${name}'`)
    }
    if (autoCreate) return this.retrying(find)
    return this.retrying(() => this.retrying(find, { withinMs: newTopicGraceMs, when: isUnknownTopic }), {
      when: error => isRetriable(error) && !isUnknownTopic(error),
    })
  }

  /** The topics there are now whose names `pattern` matches, in the order of their names; internal ones never. */
  async topicsLike(pattern: RegExp): Promise<TopicInfo[]> {
    const { topics } = await this.info(undefined)
    return topics
      .filter(({ name, isInternal }) => !isInternal && pattern.test(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /**
   * Who leads the partition, by what is known of it.
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE
   */
  async leaderOf(topic: string, partition: number): Promise<PartitionInfo> {
    const { partitions } = await this.topic(topic)
    const info = partitions[partition]
    const subject = `${topic}[${partition}]`
    if (info === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', subject)
    if (info.leaderId < 0) throw new KafkaError('LEADER_NOT_AVAILABLE', subject)
    return info
  }

  /** What is known of the topic may be out of date: the next question goes to a broker. */
  forgetTopic(name: string): void {
    this.#topics.delete(name)
  }

  /** Makes a broker known that an answer other than Metadata's named. */
  addNode(id: number, { host, port }: Address): void {
    this.#nodes.set(id, { id, host, port, rack: undefined })
  }

  async #connectToAny(): Promise<Connection> {
    const tried: string[] = []
    for (const address of [...this.#nodes.values(), ...this.#options.bootstrap]) {
      try {
        return await this.#connectTo(address)
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error
        if (!tried.includes(error.message)) tried.push(error.message)
      }
    }
    throw new ConnectionError(`no broker answers: ${tried.join('; ')}`)
  }

  #connectTo(address: Address, lane = sharedLane): Promise<Connection> {
    if (this.#closed) return Promise.reject(new ConnectionError('the client is closed'))
    const key = `${formatAddress(address)} ${lane}`
    const opening =
      this.#connections.get(key) ?? Connection.open(address, { dial: dialTcp, ...this.#options })
    this.#connections.set(key, opening)
    return opening.then(
      connection => {
        this.#hasConnected = true
        if (connection.isOpen) return connection
        if (this.#connections.get(key) === opening) this.#connections.delete(key)
        return this.#connectTo(address, lane)
      },
      (error: unknown) => {
        if (this.#connections.get(key) === opening) this.#connections.delete(key)
        throw error
      },
    )
  }
}

function isUnknownTopic(error: unknown): boolean {
  return error instanceof KafkaError && error.errorName === 'UNKNOWN_TOPIC_OR_PARTITION'
}

interface WirePartition {
  readonly partitionIndex: number
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly replicaNodes: readonly number[]
  readonly isrNodes: readonly number[]
}

function inOrder(partitions: readonly WirePartition[]): PartitionInfo[] {
  return partitions
    .map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes }) => ({
      partition: partitionIndex,
      leaderId,
      leaderEpoch,
      replicas: replicaNodes,
      isr: isrNodes,
    }))
    .sort((a, b) => a.partition - b.partition)
}
