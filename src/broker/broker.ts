/**
 * A whole broker: builds its parts in order, stops them in reverse. The same in a test, in an application and behind
 * the command line.
 */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { handlers } from '#api/index.ts'
import { Dispatch } from '#api/dispatch.ts'
import { FetchSessions } from '#api/records/fetch-session.ts'
import type { Services } from '#api/handler.ts'
import { SystemClock, type Clock } from '#base/clock.ts'
import { silentLogger, type Logger } from '#base/logger.ts'
import { SystemRandom, type Random } from '#base/random.ts'
import { GroupCoordinator } from '#groups/group-coordinator.ts'
import { LogManager } from '#log/log-manager.ts'
import { ValidationPool } from '#log/validation-pool.ts'
import { BrokerConfig } from '#metadata/broker-config.ts'
import { ConfigError } from '#metadata/config-error.ts'
import { Configs, restoreDynamicConfig } from '#metadata/configs.ts'
import { maxConnections, maxConnectionsOf } from '#metadata/connection-limits.ts'
import { FeatureUpdates } from '#metadata/feature-updates.ts'
import { FeatureLevels } from '#metadata/features.ts'
import { imageFromRows } from '#metadata/image-builder.ts'
import { MetadataLog } from '#metadata/metadata-log.ts'
import { parseProperties } from '#metadata/properties.ts'
import { afterStart, startChanges } from '#metadata/start-changes.ts'
import { Topics } from '#metadata/topics.ts'
import { Listener } from '#net/listener.ts'
import { ProducerIds } from '#transactions/producer-ids.ts'
import { advertisedAddress, bindAddress, formatHostAndPort, parseHostAndPort } from './listeners.ts'
import { openFolder, openMemory, type Storage } from './open-storage.ts'

export interface BrokerOptions {
  /** `'memory'`, or a folder on disk. Default: `log.dirs` where it is given, else memory. */
  readonly storage?: 'memory' | { readonly folder: string }
  /** HOST:PORT to listen on; port 0 takes a free one. Default: `listeners` where it is given, else 127.0.0.1:0. */
  readonly listen?: string
  /** Broker configs by Kafka's names. */
  readonly set?: Readonly<Record<string, string>>
  /** The text of a Kafka-style properties file; `set` counts more. */
  readonly properties?: string
  /** Default: silent. */
  readonly logger?: Logger
}

/**
 * What the command line and tests give besides. Not published: only what is above is kept stable.
 * @internal
 */
export interface InternalBrokerOptions extends Omit<BrokerOptions, 'storage'> {
  /** Also stores that the caller keeps. */
  readonly storage?: BrokerOptions['storage'] | Storage
  /** What `listen` and the folder of `storage` are where neither they nor a config says so. */
  readonly defaults?: { readonly listen: string; readonly folder: string }
  readonly clock?: Clock
  readonly random?: Random
}

/** How long a stop waits for requests that run; those that only wait are answered at once. */
const stopGraceMs = 5_000
/** Of the broker's memory, for what was written last and for indexes of old segments. */
const cacheBytes = 32 * 1024 * 1024

export class Broker {
  /** HOST:PORT, for a client's bootstrap servers. */
  readonly bootstrapServers: string
  readonly #listener: Listener
  readonly #stop: () => Promise<void>
  #closing: Promise<void> | undefined

  private constructor(listener: Listener, stop: () => Promise<void>) {
    this.#listener = listener
    this.#stop = stop
    const { host, port } = listener.address
    // A client cannot connect to "every address".
    const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
    this.bootstrapServers = formatHostAndPort({ host: reachable, port })
  }

  /**
   * Resolves when clients are answered.
   * @throws ConfigError for an unknown config or a value it does not take
   * @throws StorageError when the data folder cannot be used: in use, of a newer release, unreadable
   */
  static start(options?: BrokerOptions): Promise<Broker>
  /** @internal */
  static start(options: InternalBrokerOptions): Promise<Broker>
  static async start(options: InternalBrokerOptions = {}): Promise<Broker> {
    const config = resolveConfig(options)
    const bind = bindAddress(config)
    const advertised = advertisedAddress(config)
    const logger = options.logger ?? silentLogger
    if (config.withoutEffect.length > 0) {
      logger.warn('These configs are known and have no effect here', { configs: config.withoutEffect })
    }
    const undo: (() => Promise<void>)[] = []
    const stop = async (): Promise<void> => {
      for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
    }
    try {
      const storage = await openStorage(options, config)
      undo.push(() => storage.store.close())
      const { services, limits } = await openDomain(storage, config, options, logger, undo)
      const dispatch = new Dispatch(services, handlers)
      const listener = await Listener.start({
        bind,
        advertised,
        accept: (frame, connection) => dispatch.accept(frame, connection),
        limits,
        clock: services.clock,
        logger,
      })
      undo.push(() => listener.close(stopGraceMs))
      await storage.onStarted?.()
      undo.push(async () => storage.onStopping?.())
      return new Broker(listener, stop)
    } catch (error) {
      await stop()
      throw error
    }
  }

  /** Open connections. */
  get connectionCount(): number {
    return this.#listener.connectionCount
  }

  /** Takes no more requests, answers those that run, writes what is unsynced and gives the data folder free. */
  close(): Promise<void> {
    this.#closing ??= this.#stop()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function resolveConfig(options: InternalBrokerOptions): BrokerConfig {
  const set = new Map(Object.entries(options.set ?? {}))
  const file =
    options.properties === undefined ? new Map<string, string>() : parseProperties(options.properties)
  const implied = new Map([
    ['node.id', '1'],
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
  ])
  const isGiven = (key: string): boolean => set.has(key) || file.has(key)
  const listen = options.listen ?? (isGiven('listeners') ? undefined : options.defaults?.listen)
  if (listen !== undefined) {
    if (parseHostAndPort(listen) === undefined) {
      throw new ConfigError('listeners', `'${listen}' is not an address of the form HOST:PORT.`)
    }
    set.set('listeners', `PLAINTEXT://${listen}`)
  }
  if (typeof options.storage === 'object' && 'folder' in options.storage) {
    set.delete('log.dir')
    set.set('log.dirs', options.storage.folder)
  } else if (options.storage === undefined && options.defaults !== undefined) {
    if (!isGiven('log.dirs') && !isGiven('log.dir')) set.set('log.dirs', options.defaults.folder)
  }
  return BrokerConfig.resolve({ implied, file, set })
}

async function openStorage(options: InternalBrokerOptions, config: BrokerConfig): Promise<Storage> {
  if (typeof options.storage === 'object' && 'files' in options.storage) return options.storage
  const folders = config.isSet('log.dirs')
    ? config.list('log.dirs')
    : config.isSet('log.dir')
      ? config.list('log.dir')
      : []
  const [folder] = folders
  if (options.storage === 'memory' || folder === undefined) return openMemory()
  if (folders.length > 1) throw new ConfigError('log.dirs', 'log.dirs: only one data folder can be used.')
  return openFolder(resolve(folder))
}

/** Everything between the stores and the socket. What is opened is put on `undo`. */
async function openDomain(
  { files, store: rowsStore }: Storage,
  config: BrokerConfig,
  options: InternalBrokerOptions,
  logger: Logger,
  undo: (() => Promise<void>)[],
): Promise<{ services: Services; limits: Parameters<typeof Listener.start>[0]['limits'] }> {
  const clock = options.clock ?? new SystemClock()
  const random = options.random ?? new SystemRandom()
  const brokerId = config.number('node.id')
  const wasUnclean = !(await LogManager.wasCleanShutdown(files))
  const stored = await rowsStore.load()
  const changes = startChanges(stored, { config, random, wasUnclean })
  await rowsStore.commit(changes)
  const rows = afterStart(stored, changes)
  const store = new MetadataLog(rowsStore, rows)
  const clusterId = rows.settings.get('clusterId') ?? ''
  for (const key of restoreDynamicConfig(config, rows, brokerId)) {
    logger.warn('A stored config has a value that is not taken any more; its default counts', { config: key })
  }
  const image = imageFromRows({ clusterId, brokerId }, rows, config)
  const validator = new ValidationPool({ clock, logger, workerCount: Math.min(2, availableParallelism()) })
  undo.push(() => validator.close())
  const logs = await LogManager.open({
    files,
    clock,
    random,
    logger,
    validator,
    topics: rows.topics.map(row => ({ ...row, config: image.topicsByName.get(row.name)!.logConfig })),
    settings: {
      retentionCheckIntervalMs: config.number('log.retention.check.interval.ms'),
      recoveryPointCheckpointIntervalMs: config.number('log.flush.offset.checkpoint.interval.ms'),
      producerExpirationMs: () => config.number('producer.id.expiration.ms'),
      producerExpirationCheckIntervalMs: config.number('producer.id.expiration.check.interval.ms'),
      tailCacheBytes: cacheBytes,
      indexCacheBytes: cacheBytes,
    },
  })
  undo.push(() => logs.close())
  const topics = new Topics({ image, store, logs, config, random, logger })
  const featureLevels = new FeatureLevels(rows.settings.get('featureLevels'))
  const configs = new Configs({ config, topics, store, logger, rows, featureLevels })
  const groups = new GroupCoordinator({
    store,
    rows,
    clock,
    random,
    logger,
    config: {
      minSessionTimeoutMs: config.number('group.min.session.timeout.ms'),
      maxSessionTimeoutMs: config.number('group.max.session.timeout.ms'),
      maxSize: config.number('group.max.size'),
      initialRebalanceDelayMs: config.number('group.initial.rebalance.delay.ms'),
      offsetMetadataMaxLength: config.number('offset.metadata.max.bytes'),
      offsetsRetentionMs: config.number('offsets.retention.minutes') * 60_000,
      offsetsRetentionCheckIntervalMs: config.number('offsets.retention.check.interval.ms'),
    },
    topics: { topicId: name => topics.image().topicsByName.get(name)?.topicId },
  })
  undo.push(() => groups.close())
  topics.onDelete(deleted => groups.onTopicsDeleted(deleted.map(topic => topic.name)))
  const services: Services = {
    clusterId,
    brokerId,
    clock,
    random,
    logger,
    config,
    topics,
    configs,
    features: new FeatureUpdates({ configs, topics, store, logger }),
    metadataLog: store,
    logs,
    groups,
    producerIds: new ProducerIds(store, Number(rows.settings.get('nextProducerId') ?? 0)),
    fetchSessions: new FetchSessions(
      clock,
      random,
      () => config.number('max.incremental.fetch.session.cache.slots'),
      () => fetchSessionEvictionMs,
    ),
  }
  const limits = () => ({
    maxConnections: maxConnections(config),
    maxConnectionsOf: (clientHost: string) => maxConnectionsOf(config, clientHost),
    maxIdleMs: config.number('connections.max.idle.ms'),
    maxRequestBytes: config.number('socket.request.max.bytes'),
  })
  return { services, limits }
}

/** Kafka's KafkaBroker.MIN_INCREMENTAL_FETCH_SESSION_EVICTION_MS, which no config changes. */
const fetchSessionEvictionMs = 120_000
