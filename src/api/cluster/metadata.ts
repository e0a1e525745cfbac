/**
 * Metadata (API key 3), versions 0–13: brokers, topics, their partitions and who leads them.
 * Topics by name, from version 12 on also by id (a request that has ids is about those alone), each told once; an
 * empty list means all topics in version 0 and none later.
 * A topic that does not exist is made on the spot where client and `auto.create.topics.enable` allow it, and is in
 * the same answer, usable. The broker's address is the one the client itself connected to, unless
 * `advertised.listeners` says otherwise. Work: metadata/topics.ts.
 * Gaps: none.
 */
import { metadata } from '#protocol/messages/metadata.ts'
import type { MetadataRequest, MetadataResponse } from '#protocol/messages/metadata.ts'
import { zeroUuid } from '#base/random.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { ClusterImage, TopicImage } from '#metadata/cluster-image.ts'
import { clusterOperations, operationsNotAsked, topicOperations } from '../authorized-operations.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { missingTopicError } from '../partitions.ts'

type Response = Input<typeof MetadataResponse>
type RequestTopic = NonNullable<MetadataRequest['topics']>[number]
type ResponseTopic = NonNullable<Response['topics']>[number]

export const metadataHandler: Handler<MetadataRequest, Response> = {
  message: metadata,
  versions: { min: 0, max: 13 },
  async handle(context, request) {
    const { services, connection, version } = context
    const asked = version === 0 && request.topics?.length === 0 ? null : request.topics
    const topics: ResponseTopic[] = []
    if (asked === null) {
      for (const topic of context.image.topicsByName.values()) topics.push(describe(topic, services.brokerId))
    } else if (version < firstVersionById && asked.some(hasId)) {
      const code = errorCode('INVALID_REQUEST')
      for (const { name, topicId } of asked) topics.push({ errorCode: code, name: name ?? '', topicId })
    } else {
      for (const wanted of onceEach(asked)) {
        topics.push(await find(context, wanted, version < 4 || request.allowAutoTopicCreation))
      }
    }
    if (request.includeTopicAuthorizedOperations) {
      for (const topic of topics) {
        if (topic.errorCode === 0) topic.topicAuthorizedOperations = topicOperations
      }
    }
    return {
      brokers: [
        {
          nodeId: services.brokerId,
          ...connection.advertised,
          rack: services.config.string('broker.rack') ?? null,
        },
      ],
      clusterId: services.clusterId,
      controllerId: services.brokerId,
      topics,
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? clusterOperations
        : operationsNotAsked,
    }
  },
}

/** Versions 10 and 11 have a field for the id, which Kafka does not take there (KAFKA-10774). */
const firstVersionById = 12

function hasId(wanted: RequestTopic): boolean {
  return wanted.topicId !== zeroUuid
}

function onceEach(asked: readonly RequestTopic[]): Iterable<RequestTopic> {
  const wanted = asked.some(hasId) ? asked.filter(hasId) : asked
  return new Map(wanted.map(topic => [hasId(topic) ? topic.topicId : topic.name, topic])).values()
}

async function find(
  context: RequestContext,
  wanted: RequestTopic,
  mayCreate: boolean,
): Promise<ResponseTopic> {
  const { services } = context
  // By the newest image: an earlier name of the same request may just have been created.
  const image: ClusterImage = services.topics.image()
  if (hasId(wanted)) {
    const topic = image.topicsById.get(wanted.topicId)
    if (topic !== undefined) return describe(topic, services.brokerId)
    return { errorCode: errorCode('UNKNOWN_TOPIC_ID'), name: null, topicId: wanted.topicId, partitions: [] }
  }
  const name = wanted.name ?? ''
  const topic = image.topicsByName.get(name)
  if (topic !== undefined) return describe(topic, services.brokerId)
  if (!mayCreate || !services.config.boolean('auto.create.topics.enable')) {
    return failed(name, missingTopicError(name))
  }
  const created = await services.topics.autoCreate(name)
  if (created.error !== 'NONE') return failed(name, created.error)
  return describe(created.topic, services.brokerId)
}

function failed(name: string, error: ErrorName): ResponseTopic {
  return { errorCode: errorCode(error), name, partitions: [] }
}

function describe(topic: TopicImage, brokerId: number): ResponseTopic {
  return {
    errorCode: 0,
    name: topic.name,
    topicId: topic.topicId,
    partitions: Array.from({ length: topic.partitionCount }, (_, partitionIndex) => ({
      partitionIndex,
      leaderId: brokerId,
      leaderEpoch: topic.leaderEpoch,
      replicaNodes: [brokerId],
      isrNodes: [brokerId],
    })),
  }
}
