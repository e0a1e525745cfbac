/**
 * OffsetForLeaderEpoch (API key 23), versions 2–4: where a leader epoch ended, by which a client notices that the
 * tail it read was cut (KIP-320). Work: log/leader-epochs.ts.
 * Gaps: none.
 */
import { offsetForLeaderEpoch } from '#protocol/messages/offset-for-leader-epoch.ts'
import type {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '#protocol/messages/offset-for-leader-epoch.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { checkLeaderEpoch, findPartition, findTopic } from '../partitions.ts'

type Response = Input<typeof OffsetForLeaderEpochResponse>
type RequestPartition = OffsetForLeaderEpochRequest['topics'][number]['partitions'][number]

export const offsetForLeaderEpochHandler: Handler<OffsetForLeaderEpochRequest, Response> = {
  message: offsetForLeaderEpoch,
  versions: { min: 2, max: 4 },
  handle(context, request) {
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(partition => answer(context, topic, partition)),
      })),
    }
  },
}

function answer({ image, services }: RequestContext, name: string, wanted: RequestPartition) {
  const failed = (error: ErrorName) => ({ errorCode: errorCode(error), partition: wanted.partition })
  const topic = findTopic(image, { name, topicId: '' }, false)
  if (topic.error !== 'NONE') return failed(topic.error)
  const partition = findPartition(services, topic.topic, wanted.partition)
  if (partition.error !== 'NONE') return failed(partition.error)
  const epochError = checkLeaderEpoch(partition.log, wanted.currentLeaderEpoch)
  if (epochError !== 'NONE') return failed(epochError)
  const { leaderEpoch, endOffset } = partition.log.endOffsetForEpoch(wanted.leaderEpoch)
  return { errorCode: 0, partition: wanted.partition, leaderEpoch, endOffset }
}
