/**
 * CreateTopics (API key 19), versions 2–7: creates topics; a topic can be used the moment it is answered.
 * Work: metadata/topics.ts. From v5 the answer has the topic's settings, from v7 its id.
 * Gaps: the replication factor is 1, as on any cluster of one broker. Kafka's internal topics are answered with
 * TOPIC_ALREADY_EXISTS, though they are neither listed nor can be read.
 */
import { errorCode } from '#protocol/error-codes.ts'
import { createTopics } from '#protocol/messages/create-topics.ts'
import type { CreateTopicsRequest, CreateTopicsResponse } from '#protocol/messages/create-topics.ts'
import type { Input } from '#protocol/schema.ts'
import type { NewTopic } from '#metadata/new-topic.ts'
import type { TopicResult } from '#metadata/topics.ts'
import { sourceCodes } from '../configs/resource-types.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { partRepeated } from './once.ts'

type Result = NonNullable<Input<typeof CreateTopicsResponse>['topics']>[number]

/** Partitions have one replica, this broker. */
const replicationFactor = 1

export const createTopicsHandler: Handler<CreateTopicsRequest, Input<typeof CreateTopicsResponse>> = {
  message: createTopics,
  versions: { min: 2, max: 7 },
  async handle(context, { topics, validateOnly }) {
    const { once, repeated } = partRepeated(topics, topic => topic.name)
    const created = await context.services.topics.create(once.map(wantedTopic), { validateOnly })
    return {
      topics: [
        ...created.map((result, index) => resultOf(context, once[index]!.name, result)),
        ...repeated.map(name => ({
          name,
          errorCode: errorCode('INVALID_REQUEST'),
          errorMessage: 'Duplicate topic name.',
          configs: [],
        })),
      ],
    }
  },
}

function wantedTopic(topic: CreateTopicsRequest['topics'][number]): NewTopic {
  return {
    name: topic.name,
    partitionCount: topic.numPartitions,
    replicationFactor: topic.replicationFactor,
    assignments: topic.assignments.map(({ partitionIndex, brokerIds }) => ({
      partition: partitionIndex,
      brokerIds,
    })),
    configs: topic.configs,
  }
}

function resultOf({ services, version }: RequestContext, name: string, result: TopicResult): Result {
  if (result.error !== 'NONE') {
    return { name, errorCode: errorCode(result.error), errorMessage: result.message, configs: [] }
  }
  const { topicId, partitionCount, overrides } = result.topic
  const configs = version < 5 ? [] : services.configs.describeTopic(overrides)
  return {
    name,
    topicId,
    errorCode: 0,
    errorMessage: null,
    numPartitions: partitionCount,
    replicationFactor,
    configs: configs.map(entry => ({
      name: entry.name,
      value: entry.value,
      readOnly: entry.readOnly,
      configSource: sourceCodes[entry.source],
      isSensitive: entry.sensitive,
    })),
  }
}
