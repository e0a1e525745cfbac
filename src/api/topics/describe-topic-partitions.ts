/**
 * DescribeTopicPartitions (API key 75), version 0: topics and their partitions in pages, in the order of their names
 * (KIP-966). An empty list means all topics. A page has at most `responsePartitionLimit` partitions, and no more than
 * `max.request.partition.size.limit`; its cursor says where the next one begins. A topic named twice is told once.
 * A partition whose files cannot be used has no leader here. Work: metadata/cluster-image.ts.
 * Gaps: none.
 */
import { errorCode } from '#protocol/error-codes.ts'
import { describeTopicPartitions } from '#protocol/messages/describe-topic-partitions.ts'
import type {
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
} from '#protocol/messages/describe-topic-partitions.ts'
import type { Input } from '#protocol/schema.ts'
import type { ClusterImage, TopicImage } from '#metadata/cluster-image.ts'
import { isInternalTopic } from '#metadata/topic-name.ts'
import { topicOperations } from '../authorized-operations.ts'
import type { Handler, Services } from '../handler.ts'
import { missingTopicError } from '../partitions.ts'

type Response = Input<typeof DescribeTopicPartitionsResponse>
type ResponseTopic = NonNullable<Response['topics']>[number]
type ResponsePartition = NonNullable<ResponseTopic['partitions']>[number]
type Cursor = NonNullable<DescribeTopicPartitionsRequest['cursor']>

export const describeTopicPartitionsHandler: Handler<DescribeTopicPartitionsRequest, Response> = {
  message: describeTopicPartitions,
  versions: { min: 0, max: 0 },
  handle({ image, services }, request) {
    const { cursor } = request
    const asked = request.topics.map(topic => topic.name)
    if (cursor !== null && !isUsable(cursor, asked)) {
      return { topics: asked.map(name => ({ errorCode: errorCode('INVALID_REQUEST'), name })) }
    }
    const most = services.config.number('max.request.partition.size.limit')
    const limit = Math.max(1, Math.min(most, request.responsePartitionLimit))
    return page(image, services, namesFrom(image, asked, cursor), cursor, limit)
  },
}

function isUsable({ topicName, partitionIndex }: Cursor, asked: readonly string[]): boolean {
  return partitionIndex >= 0 && (asked.length === 0 || asked.includes(topicName))
}

/** In order, each once, those before the cursor left out. */
function namesFrom(image: ClusterImage, asked: readonly string[], cursor: Cursor | null): string[] {
  const names = asked.length === 0 ? [...image.topicsByName.keys()] : [...new Set(asked)]
  // Both compare by UTF-16 units, as Java does.
  return (cursor === null ? names : names.filter(name => name >= cursor.topicName)).sort()
}

function page(
  image: ClusterImage,
  services: Services,
  names: readonly string[],
  cursor: Cursor | null,
  limit: number,
): Response {
  const topics: ResponseTopic[] = []
  let room = limit
  for (const name of names) {
    if (room === 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } }
    const topic = image.topicsByName.get(name)
    if (topic === undefined) {
      topics.push(unknown(name))
      continue
    }
    const first = name === cursor?.topicName ? cursor.partitionIndex : 0
    const end = Math.min(topic.partitionCount, first + room)
    topics.push(describe(services, topic, first, end))
    if (end < topic.partitionCount) return { topics, nextCursor: { topicName: name, partitionIndex: end } }
    room -= Math.max(0, end - first)
  }
  return { topics }
}

function unknown(name: string): ResponseTopic {
  return {
    errorCode: errorCode(missingTopicError(name)),
    name,
    isInternal: isInternalTopic(name),
    topicAuthorizedOperations: topicOperations,
  }
}

/** @param first may lie behind the last partition: the topic is told without any */
function describe(services: Services, topic: TopicImage, first: number, end: number): ResponseTopic {
  const replicas = [services.brokerId]
  const partitions: ResponsePartition[] = []
  for (let partitionIndex = first; partitionIndex < end; partitionIndex++) {
    const isOffline = services.logs.isOffline(topic.name, partitionIndex)
    partitions.push({
      errorCode: errorCode(isOffline ? 'LEADER_NOT_AVAILABLE' : 'NONE'),
      partitionIndex,
      leaderId: isOffline ? -1 : services.brokerId,
      leaderEpoch: topic.leaderEpoch,
      replicaNodes: replicas,
      isrNodes: replicas,
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: isOffline ? replicas : [],
    })
  }
  return {
    errorCode: 0,
    name: topic.name,
    topicId: topic.topicId,
    partitions,
    topicAuthorizedOperations: topicOperations,
  }
}
