/**
 * Finding the partition that a request names, by topic name or topic id, with Kafka's error where there is none.
 */
import type { ErrorName } from '#protocol/error-codes.ts'
import type { PartitionLog } from '#log/partition-log.ts'
import type { ClusterImage, TopicImage } from '#metadata/cluster-image.ts'
import { topicNameFault } from '#metadata/topic-name.ts'
import type { Services } from './handler.ts'

export type FoundTopic =
  | { readonly error: 'NONE'; readonly topic: TopicImage }
  | { readonly error: 'UNKNOWN_TOPIC_OR_PARTITION' | 'UNKNOWN_TOPIC_ID' }

export type FoundPartition =
  | { readonly error: 'NONE'; readonly log: PartitionLog }
  | { readonly error: Exclude<ErrorName, 'NONE'> }

/** By id where the request's version carries ids, else by name. */
export function findTopic(
  image: ClusterImage,
  wanted: { readonly name: string; readonly topicId: string },
  byId: boolean,
): FoundTopic {
  const topic = byId ? image.topicsById.get(wanted.topicId) : image.topicsByName.get(wanted.name)
  if (topic !== undefined) return { error: 'NONE', topic }
  return { error: byId ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION' }
}

/** Why a name has no topic: no topic can have it, or none has it now. */
export function missingTopicError(name: string): 'UNKNOWN_TOPIC_OR_PARTITION' | 'INVALID_TOPIC_EXCEPTION' {
  return topicNameFault(name) === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION'
}

export function findPartition(services: Services, topic: TopicImage, partition: number): FoundPartition {
  if (partition < 0 || partition >= topic.partitionCount) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' }
  const log = services.logs.get(topic.name, partition)
  if (log !== undefined) return { error: 'NONE', log }
  // In the image and without a log: its files cannot be used, or the topic has been deleted since.
  if (services.logs.isOffline(topic.name, partition)) return { error: 'KAFKA_STORAGE_ERROR' }
  return { error: 'UNKNOWN_TOPIC_OR_PARTITION' }
}

/** KIP-320: the epoch that the client believes in, against the real one. -1: the client does not say. */
export function checkLeaderEpoch(
  log: PartitionLog,
  currentLeaderEpoch: number,
): 'NONE' | 'FENCED_LEADER_EPOCH' | 'UNKNOWN_LEADER_EPOCH' {
  if (currentLeaderEpoch < 0 || currentLeaderEpoch === log.leaderEpoch) return 'NONE'
  return currentLeaderEpoch < log.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH'
}
