/**
 * Topics and configs in memory, with logs that only write down what they were asked: for tests of metadata/ and of
 * the handlers above it.
 */
import { silentLogger } from '#base/logger.ts'
import { SeededRandom } from '#base/random.ts'
import type { LogConfig } from '#log/log-config.ts'
import type { Logs, NewTopicLogs } from '#log/logs.ts'
import type { PartitionLog } from '#log/partition-log.ts'
import { BrokerConfig } from '#metadata/broker-config.ts'
import { Configs, restoreDynamicConfig } from '#metadata/configs.ts'
import { FeatureUpdates } from '#metadata/feature-updates.ts'
import { FeatureLevels } from '#metadata/features.ts'
import { imageFromRows } from '#metadata/image-builder.ts'
import { Topics } from '#metadata/topics.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'

export class RecordingLogs implements Logs {
  readonly dataFolder = 'memory'
  readonly calls: string[] = []
  readonly configured = new Map<string, LogConfig>()
  /** Topics whose next `create` or `delete` fails. */
  readonly broken = new Set<string>()

  async volume(): Promise<undefined> {}

  get(): PartitionLog | undefined {
    return undefined
  }

  isOffline(): boolean {
    return false
  }

  async create({ topic, partitions }: NewTopicLogs): Promise<void> {
    this.calls.push(`create ${topic} ${partitions.join()}`)
    await Promise.resolve()
    if (this.broken.delete(topic)) throw new StorageError('the disk is broken')
  }

  publish(): void {
    this.calls.push('publish')
  }

  async discard(): Promise<void> {
    this.calls.push('discard')
  }

  async delete(topic: string): Promise<void> {
    this.calls.push(`delete ${topic}`)
    if (this.broken.delete(topic)) throw new StorageError('the disk is broken')
  }

  configure(topic: string, config: LogConfig): void {
    this.configured.set(topic, config)
  }
}

export interface Metadata {
  readonly store: MemoryMetadataStore
  readonly logs: RecordingLogs
  readonly config: BrokerConfig
  readonly topics: Topics
  readonly configs: Configs
  readonly features: FeatureUpdates
}

export const brokerId = 1

/** A broker's metadata as a start makes it from the rows of `store`. */
export async function openMetadata(
  set: Record<string, string> = {},
  store = new MemoryMetadataStore(),
): Promise<Metadata> {
  const rows = await store.load()
  const logs = new RecordingLogs()
  const config = BrokerConfig.resolve({
    implied: new Map([['node.id', String(brokerId)]]),
    set: new Map(Object.entries(set)),
  })
  restoreDynamicConfig(config, rows, brokerId)
  const topics = new Topics({
    image: imageFromRows({ clusterId: 'cluster', brokerId }, rows, config),
    store,
    logs,
    config,
    random: new SeededRandom(1),
    logger: silentLogger,
  })
  const logger = silentLogger
  const featureLevels = new FeatureLevels(rows.settings.get('featureLevels'))
  const configs = new Configs({ config, topics, store, logger, rows, featureLevels })
  const features = new FeatureUpdates({ configs, topics, store, logger })
  return { store, logs, config, topics, configs, features }
}
