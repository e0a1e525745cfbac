/**
 * The shape of every request handler, and what a handler is given. A handler translates: wire to domain call,
 * result to wire. It has no state and no rules of its own.
 */
import type { Clock } from '#base/clock.ts'
import type { ConnectionFacts } from '#base/connection-facts.ts'
import type { Logger } from '#base/logger.ts'
import type { Random } from '#base/random.ts'
import type { GroupCoordinator } from '#groups/group-coordinator.ts'
import type { Logs } from '#log/logs.ts'
import type { ClusterImage } from '#metadata/cluster-image.ts'
import type { BrokerConfig } from '#metadata/broker-config.ts'
import type { Configs } from '#metadata/configs.ts'
import type { FeatureUpdates } from '#metadata/feature-updates.ts'
import type { MetadataLog } from '#metadata/metadata-log.ts'
import type { Topics } from '#metadata/topics.ts'
import type { ApiMessage } from '#protocol/schema.ts'
import type { ProducerIds } from '#transactions/producer-ids.ts'
import type { FetchSessions } from './records/fetch-session.ts'

/** The domain, as handlers reach it. broker/broker.ts puts it together. */
export interface Services {
  readonly clusterId: string
  readonly brokerId: number
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly config: BrokerConfig
  readonly topics: Topics
  readonly configs: Configs
  readonly features: FeatureUpdates
  readonly metadataLog: MetadataLog
  readonly logs: Logs
  readonly groups: GroupCoordinator
  readonly producerIds: ProducerIds
  readonly fetchSessions: FetchSessions
}

export interface RequestContext {
  readonly version: number
  /** '' where the client gave none. */
  readonly clientId: string
  readonly connection: ConnectionFacts
  /** What exists, as of the moment the request was taken up. */
  readonly image: ClusterImage
  readonly services: Services
}

export interface Handler<Request, Response> {
  readonly message: ApiMessage<Request, Response>
  /** Versions answered, both included. */
  readonly versions: { readonly min: number; readonly max: number }
  /** Lowest version in the answer to ApiVersions where it differs from `versions.min`. */
  readonly advertisedMin?: number
  /**
   * The work takes effect in the synchronous part of `handle`, before its first await: the connection may start its
   * next request of this kind before this one is answered. Otherwise requests of one connection run one at a time.
   */
  readonly pipelined?: true
  /** undefined: the client gets no answer (Produce with acks 0). */
  handle(context: RequestContext, request: Request): Response | undefined | Promise<Response | undefined>
}
