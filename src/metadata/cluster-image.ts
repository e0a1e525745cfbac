/**
 * What exists, as one immutable snapshot: a request takes it once and sees one state until it is answered.
 * A change makes a new image; nothing in an image is ever modified.
 */
import type { LogConfig } from '#log/log-config.ts'

export interface ClusterImage {
  readonly clusterId: string
  readonly brokerId: number
  readonly topicsByName: ReadonlyMap<string, TopicImage>
  readonly topicsById: ReadonlyMap<string, TopicImage>
}

export interface TopicImage {
  readonly name: string
  /** 22 characters of base64url. */
  readonly topicId: string
  readonly partitionCount: number
  readonly leaderEpoch: number
  /** Settings that were given to this topic, by Kafka's key; what is not in it follows the broker. */
  readonly overrides: ReadonlyMap<string, string>
  /** The same resolved for its logs. */
  readonly logConfig: LogConfig
}
