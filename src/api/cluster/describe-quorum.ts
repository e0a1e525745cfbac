/**
 * DescribeQuorum (API key 55), versions 0–2: who leads `__cluster_metadata`, who votes, and how far each one is.
 * There is one voter, this broker: the leader epoch counts its starts, the offsets count the changes of topics,
 * configs and features. Work: metadata/metadata-log.ts.
 * Gaps: there is no such log to read, and its voter is reached at the broker's own listener.
 */
import { errorCode } from '#protocol/error-codes.ts'
import { describeQuorum } from '#protocol/messages/describe-quorum.ts'
import type { DescribeQuorumRequest, DescribeQuorumResponse } from '#protocol/messages/describe-quorum.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler, RequestContext } from '../handler.ts'

type Response = Input<typeof DescribeQuorumResponse>
type ResponsePartition = NonNullable<NonNullable<Response['topics']>[number]['partitions']>[number]

const metadataTopic = '__cluster_metadata'
const firstWithNodes = 2

export const describeQuorumHandler: Handler<DescribeQuorumRequest, Response> = {
  message: describeQuorum,
  versions: { min: 0, max: 2 },
  handle(context, { topics }) {
    const [topic] = topics
    const asksForMetadata =
      topics.length === 1 &&
      topic!.topicName === metadataTopic &&
      topic!.partitions.length === 1 &&
      topic!.partitions[0]!.partitionIndex === 0
    if (!asksForMetadata) {
      return {
        errorCode: 0,
        errorMessage: '',
        topics: topics.map(({ topicName, partitions }) => ({
          topicName,
          partitions: partitions.map(({ partitionIndex }) => unknown(partitionIndex)),
        })),
      }
    }
    const { brokerId } = context.services
    return {
      errorCode: 0,
      errorMessage: '',
      topics: [{ topicName: metadataTopic, partitions: [metadataPartition(context)] }],
      ...(context.version >= firstWithNodes
        ? {
            nodes: [
              { nodeId: brokerId, listeners: [{ name: 'PLAINTEXT', ...context.connection.advertised }] },
            ],
          }
        : {}),
    }
  },
}

function unknown(partitionIndex: number): ResponsePartition {
  return {
    partitionIndex,
    errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
    errorMessage: 'This server does not host this topic-partition.',
  }
}

function metadataPartition({ services }: RequestContext): ResponsePartition {
  const { brokerId, clock, metadataLog } = services
  const nowMs = clock.nowMs()
  return {
    partitionIndex: 0,
    errorCode: 0,
    errorMessage: '',
    leaderId: brokerId,
    leaderEpoch: metadataLog.leaderEpoch,
    highWatermark: metadataLog.endOffset,
    currentVoters: [
      {
        replicaId: brokerId,
        logEndOffset: metadataLog.endOffset,
        lastFetchTimestamp: nowMs,
        lastCaughtUpTimestamp: nowMs,
      },
    ],
    observers: [],
  }
}
