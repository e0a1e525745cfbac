/**
 * DescribeProducers (API key 61), version 0: the producers that a partition remembers, with their epoch, last sequence
 * and open transaction (KIP-664). A partition that is named several times is described once: each may have a hundred
 * thousand producers. Work: log/producer-state.ts.
 * Gaps: none.
 */
import { describeProducers } from '#protocol/messages/describe-producers.ts'
import type {
  DescribeProducersRequest,
  DescribeProducersResponse,
} from '#protocol/messages/describe-producers.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import { topicNameFault } from '#metadata/topic-name.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { findPartition, missingTopicError } from '../partitions.ts'

type Response = Input<typeof DescribeProducersResponse>

export const describeProducersHandler: Handler<DescribeProducersRequest, Response> = {
  message: describeProducers,
  versions: { min: 0, max: 0 },
  handle(context, request) {
    const described = new Map<string, Set<number>>()
    return {
      topics: request.topics.map(({ name, partitionIndexes }) => {
        const earlier = described.get(name) ?? new Set()
        const wanted = [...new Set(partitionIndexes)].filter(partition => !earlier.has(partition))
        for (const partition of wanted) earlier.add(partition)
        described.set(name, earlier)
        return { name, partitions: wanted.map(partition => describe(context, name, partition)) }
      }),
    }
  },
}

function describe({ image, services }: RequestContext, name: string, partitionIndex: number) {
  const topic = image.topicsByName.get(name)
  if (topic === undefined) return { partitionIndex, ...unknownTopic(name) }
  const partition = findPartition(services, topic, partitionIndex)
  if (partition.error !== 'NONE') return { partitionIndex, errorCode: errorCode(partition.error) }
  return {
    partitionIndex,
    errorCode: 0,
    activeProducers: partition.log
      .activeProducers()
      .map(({ lastTimestampMs, ...producer }) => ({ ...producer, lastTimestamp: lastTimestampMs })),
  }
}

function unknownTopic(name: string): { errorCode: number; errorMessage: string } {
  return {
    errorCode: errorCode(missingTopicError(name)),
    errorMessage: topicNameFault(name) ?? 'This server does not host this topic-partition.',
  }
}
