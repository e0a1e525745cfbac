/**
 * Which topics exist. Owns the cluster image: all changes of topics and of their configs go one after the other
 * through one queue, each as decide, persist, apply. Does not read or write records, nor decide who may.
 *
 * The order of each step is what a kill may interrupt. Creation makes folders, then the row, then shows the topic:
 * a folder without a row is removed at the next start. Deletion drops the row, then the topic, then the folders.
 */
import type { Logger } from '#base/logger.ts'
import { randomUuid } from '#base/random.ts'
import type { Random } from '#base/random.ts'
import { SerialQueue } from '#base/serial.ts'
import type { Logs } from '#log/logs.ts'
import type { MetadataChange, MetadataStore, TopicRow } from '#storage/metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { BrokerConfig } from './broker-config.ts'
import type { ClusterImage, TopicImage } from './cluster-image.ts'
import { topicImage, withoutTopics, withTopics } from './image-builder.ts'
import { checkNewTopic, newTopic, wantedPartitions } from './new-topic.ts'
import type { AcceptedTopic, NewTopic } from './new-topic.ts'
import { checkManualPartitions } from './replica-assignment.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { isInternalTopic } from './topic-name.ts'

/** Most partitions that one request may create: Kafka's own bound (its controller writes them as one batch). */
export const maxPartitionsPerRequest = 10_000

/**
 * Most partitions of the broker. Each holds memory for its log, a folder and several files, and a start opens every
 * one; Kafka advises some thousands per broker. The bound keeps a client that creates topics without end, by
 * CreateTopics or by asking for metadata of made-up names, from using up memory and inodes.
 */
export const maxPartitionsPerBroker = 30_000

export interface TopicsOptions {
  /** From imageFromRows. */
  readonly image: ClusterImage
  readonly store: MetadataStore
  readonly logs: Logs
  readonly config: BrokerConfig
  readonly random: Random
  readonly logger: Logger
}

export type TopicResult = { readonly error: 'NONE'; readonly topic: TopicImage } | Refusal

export interface MorePartitions {
  readonly name: string
  /** Number of partitions that the topic shall have. */
  readonly count: number
  /** Replicas of each partition that is added; undefined: the broker's choice. */
  readonly assignments: readonly (readonly number[])[] | undefined
}

export interface CreationOptions {
  /** Only say what would happen. */
  readonly validateOnly: boolean
}

interface Growth {
  readonly before: TopicImage | undefined
  readonly after: TopicImage
}

export class Topics {
  readonly #store: MetadataStore
  readonly #logs: Logs
  readonly #config: BrokerConfig
  readonly #random: Random
  readonly #logger: Logger
  readonly #queue = new SerialQueue()
  readonly #deleteListeners: ((topics: readonly TopicImage[]) => void)[] = []
  #image: ClusterImage
  #partitionCount = 0

  constructor(options: TopicsOptions) {
    this.#image = options.image
    this.#store = options.store
    this.#logs = options.logs
    this.#config = options.config
    this.#random = options.random
    this.#logger = options.logger
    for (const topic of this.#image.topicsByName.values()) this.#partitionCount += topic.partitionCount
  }

  /** What exists now; never modified, replaced at each change. */
  image(): ClusterImage {
    return this.#image
  }

  /** Called as soon as topics are gone, before their DeleteTopics is answered. */
  onDelete(listener: (topics: readonly TopicImage[]) => void): void {
    this.#deleteListeners.push(listener)
  }

  /**
   * Runs a change of what the image holds when those before it are done. The task must persist before it applies,
   * and must not wait for another task of this queue.
   */
  serialize<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#queue.run(task)
  }

  /** Results are in the order of `wanted`, whose names differ. When it resolves the topics can be used. */
  create(wanted: readonly NewTopic[], { validateOnly }: CreationOptions): Promise<TopicResult[]> {
    return this.#queue.run(async () => {
      const counts = wanted.map(topic => wantedPartitions(topic, this.#config))
      const tooMany = counts.reduce((sum, count) => sum + count, 0) > maxPartitionsPerRequest
      const plans = wanted.map(topic => {
        if (tooMany) return tooManyPerRequest
        const checked = checkNewTopic(topic, this.#image, this.#config)
        return 'error' in checked ? checked : { before: undefined, after: this.#newImage(checked) }
      })
      return this.#grow(plans, validateOnly)
    })
  }

  /** Creates a topic that a client asked for, with nothing chosen; when it exists by then, that is the answer. */
  autoCreate(name: string): Promise<TopicResult> {
    return this.#queue.run(async () => {
      const existing = this.#image.topicsByName.get(name)
      if (existing !== undefined) return { error: 'NONE', topic: existing }
      if (isInternalTopic(name)) return refusal('UNKNOWN_TOPIC_OR_PARTITION')
      const checked = checkNewTopic(newTopic(name), this.#image, this.#config)
      if ('error' in checked) return checked
      const [result] = await this.#grow([{ before: undefined, after: this.#newImage(checked) }], false)
      if (result?.error === 'NONE') {
        this.#logger.info('created a topic that a client asked for', { topic: name })
      }
      return result!
    })
  }

  /** Results are in the order of `wanted`, whose names differ. */
  createPartitions(
    wanted: readonly MorePartitions[],
    { validateOnly }: CreationOptions,
  ): Promise<TopicResult[]> {
    return this.#queue.run(async () => {
      let budget = maxPartitionsPerRequest
      const plans = wanted.map(request => {
        const before = this.#image.topicsByName.get(request.name)
        if (before === undefined) {
          return refusal('UNKNOWN_TOPIC_OR_PARTITION')
        }
        const fault = checkGrowth(request, before, this.#image.brokerId)
        if (fault !== undefined) return fault
        const addedCount = request.count - before.partitionCount
        if (addedCount > budget) return tooManyPerRequest
        budget -= addedCount
        return { before, after: { ...before, partitionCount: request.count } }
      })
      return this.#grow(plans, validateOnly)
    })
  }

  /** Deletes topics by id; results are in the order of the ids, which differ. */
  delete(topicIds: readonly string[]): Promise<TopicResult[]> {
    return this.#queue.run(async () => {
      const found = topicIds.flatMap(id => this.#image.topicsById.get(id) ?? [])
      const fault = await this.#commit(found.map(({ name }) => ({ type: 'deleteTopic', name })))
      if (fault === undefined && found.length > 0) {
        this.#image = withoutTopics(this.#image, found)
        for (const topic of found) this.#partitionCount -= topic.partitionCount
        for (const listener of this.#deleteListeners) listener(found)
        for (const topic of found) await this.#deleteLogs(topic)
      }
      return topicIds.map(id => {
        const topic = found.find(each => each.topicId === id)
        if (topic === undefined)
          return refusal('UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.')
        return fault ?? { error: 'NONE', topic }
      })
    })
  }

  /** Puts persisted overrides into the image and hands them to the logs. Only from a task of `serialize`. */
  applyOverrides(changed: ReadonlyMap<string, ReadonlyMap<string, string>>): void {
    const topics = [...changed].flatMap(([name, overrides]) => {
      const topic = this.#image.topicsByName.get(name)
      return topic === undefined ? [] : [topicImage(topic, overrides, this.#config)]
    })
    this.#image = withTopics(this.#image, topics)
    for (const topic of topics) this.#logs.configure(topic.name, topic.logConfig)
  }

  /** The broker's settings changed: every topic follows what it has not set itself. Only from a task of `serialize`. */
  applyBrokerConfig(): void {
    const { topicsByName } = this.#image
    this.applyOverrides(new Map([...topicsByName].map(([name, topic]) => [name, topic.overrides])))
  }

  #newImage({ name, partitionCount, overrides }: AcceptedTopic): TopicImage {
    const topicId = randomUuid(this.#random)
    return topicImage({ name, topicId, partitionCount, leaderEpoch: 0 }, overrides, this.#config)
  }

  /** Makes partitions, persists and shows them; what the plans refused stays refused. */
  async #grow(plans: readonly (Growth | Refusal)[], validateOnly: boolean): Promise<TopicResult[]> {
    let free = maxPartitionsPerBroker - this.#partitionCount
    const results: (Growth | Refusal)[] = []
    for (const plan of plans) {
      if ('error' in plan) {
        results.push(plan)
        continue
      }
      const count = addedCount(plan)
      const made = validateOnly || count > free ? undefined : await this.#createLogs(plan)
      const fault = count > free ? tooManyPerBroker : made
      if (fault === undefined) free -= count
      results.push(fault ?? plan)
    }
    const growths = results.filter((result): result is Growth => !('error' in result))
    const fault = validateOnly ? undefined : await this.#publish(growths)
    return results.map(result =>
      'error' in result ? result : (fault ?? { error: 'NONE', topic: result.after }),
    )
  }

  async #createLogs(plan: Growth): Promise<Refusal | undefined> {
    const { name, topicId, leaderEpoch, logConfig } = plan.after
    const first = plan.before?.partitionCount ?? 0
    try {
      await this.#logs.create({
        topic: name,
        topicId,
        leaderEpoch,
        partitions: Array.from({ length: addedCount(plan) }, (_, index) => first + index),
        config: logConfig,
      })
      return undefined
    } catch (error) {
      return this.#storageRefusal('could not create the logs of a topic', error, name)
    }
  }

  async #publish(made: readonly Growth[]): Promise<Refusal | undefined> {
    const fault = await this.#commit(made.flatMap(plan => creationChanges(plan)))
    if (fault !== undefined) {
      for (const { after } of made) await this.#discardLogs(after)
      return fault
    }
    this.#image = withTopics(
      this.#image,
      made.map(plan => plan.after),
    )
    for (const plan of made) {
      this.#partitionCount += addedCount(plan)
      this.#logs.publish(plan.after.topicId)
    }
    return undefined
  }

  async #commit(changes: readonly MetadataChange[]): Promise<Refusal | undefined> {
    if (changes.length === 0) return undefined
    try {
      await this.#store.commit(changes)
      return undefined
    } catch (error) {
      return this.#storageRefusal('could not store a change of topics', error)
    }
  }

  #storageRefusal(message: string, error: unknown, topic?: string): Refusal {
    if (!(error instanceof StorageError)) throw error
    this.#logger.error(message, { topic, error: error.message })
    return refusal('KAFKA_STORAGE_ERROR', error.message)
  }

  /** What cannot be removed has no row, so that the next start removes it. */
  async #discardLogs(topic: TopicImage): Promise<void> {
    try {
      await this.#logs.discard(topic.topicId)
    } catch (error) {
      this.#storageRefusal('could not remove the logs of a topic that was not created', error, topic.name)
    }
  }

  async #deleteLogs(topic: TopicImage): Promise<void> {
    try {
      await this.#logs.delete(topic.name)
    } catch (error) {
      this.#storageRefusal('could not remove the logs of a deleted topic', error, topic.name)
    }
  }
}

const tooManyPerRequest = refusal('POLICY_VIOLATION', 'Excessively large number of partitions per request.')

const tooManyPerBroker = refusal(
  'POLICY_VIOLATION',
  `The broker would have more than ${maxPartitionsPerBroker} partitions.`,
)

function addedCount({ before, after }: Growth): number {
  return after.partitionCount - (before?.partitionCount ?? 0)
}

function creationChanges({ before, after }: Growth): MetadataChange[] {
  const { name, topicId, partitionCount, leaderEpoch } = after
  const topic: TopicRow = { name, topicId, partitionCount, leaderEpoch }
  const changes: MetadataChange[] = [{ type: 'putTopic', topic }]
  if (before !== undefined) return changes
  for (const [key, value] of after.overrides) {
    changes.push({ type: 'putConfig', resource: 'topic', name, key, value })
  }
  return changes
}

function checkGrowth(wanted: MorePartitions, topic: TopicImage, brokerId: number): Refusal | undefined {
  const { count, assignments } = wanted
  const { name, partitionCount } = topic
  if (count === partitionCount) {
    return refusal('INVALID_PARTITIONS', `Topic already has ${partitionCount} partition(s).`)
  }
  if (count < partitionCount) {
    return refusal(
      'INVALID_PARTITIONS',
      `The topic ${name} currently has ${partitionCount} partition(s); ${count} would not be an increase.`,
    )
  }
  if (assignments === undefined) return undefined
  return checkManualPartitions(assignments, count - partitionCount, brokerId)
}
