/**
 * OffsetCommit (API key 8), versions 2–10: stores how far a group has read, durable when it is answered.
 * v2 to v4 may ask for a retention of their own, v6 carries leader epochs, v7 knows static members, v9 answers
 * GROUP_ID_NOT_FOUND for a group that is not there, v10 names topics by id (KIP-848).
 * Work: groups/offset-commands.ts.
 * Gaps: none.
 */
import type { OffsetToCommit } from '#groups/committed-offsets.ts'
import type { TopicImage } from '#metadata/cluster-image.ts'
import { offsetCommit } from '#protocol/messages/offset-commit.ts'
import type { OffsetCommitRequest, OffsetCommitResponse } from '#protocol/messages/offset-commit.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { findTopic } from '../partitions.ts'

type RequestTopic = OffsetCommitRequest['topics'][number]
type RequestPartition = RequestTopic['partitions'][number]

/** A partition of the request with its answer, which is not known yet where `wanted` goes to the coordinator. */
interface Entry {
  readonly partitionIndex: number
  readonly wanted: OffsetToCommit | undefined
  error: ErrorName
}

export const offsetCommitHandler: Handler<OffsetCommitRequest, Input<typeof OffsetCommitResponse>> = {
  message: offsetCommit,
  versions: { min: 2, max: 10 },
  async handle(context, request) {
    const topics = request.topics.map(topic => ({ topic, entries: resolve(context, topic) }))
    const accepted = topics.flatMap(({ entries }) => entries).filter(entry => entry.wanted !== undefined)
    if (accepted.length > 0) {
      const results = await context.services.groups.commitOffsets(request.groupId, {
        memberId: request.memberId,
        generationId: request.generationIdOrMemberEpoch,
        groupInstanceId: request.groupInstanceId ?? undefined,
        retentionTimeMs: request.retentionTimeMs,
        offsets: accepted.map(entry => entry.wanted!),
      })
      for (const [index, { error }] of results.entries()) {
        // Clients of before v9 do not know the other one here.
        const isOld = error === 'GROUP_ID_NOT_FOUND' && context.version < 9
        accepted[index]!.error = isOld ? 'ILLEGAL_GENERATION' : error
      }
    }
    return {
      topics: topics.map(({ topic, entries }) => ({
        name: topic.name,
        topicId: topic.topicId,
        partitions: entries.map(({ partitionIndex, error }) => ({
          partitionIndex,
          errorCode: errorCode(error),
        })),
      })),
    }
  },
}

function resolve({ image, version }: RequestContext, requested: RequestTopic): Entry[] {
  const found = findTopic(image, requested, version >= 10)
  return requested.partitions.map((partition): Entry => {
    const { partitionIndex } = partition
    if (found.error !== 'NONE') return { partitionIndex, wanted: undefined, error: found.error }
    const { topic } = found
    return partitionIndex >= 0 && partitionIndex < topic.partitionCount
      ? { partitionIndex, wanted: toCommit(topic, partition), error: 'NONE' }
      : { partitionIndex, wanted: undefined, error: 'UNKNOWN_TOPIC_OR_PARTITION' }
  })
}

function toCommit(topic: TopicImage, partition: RequestPartition): OffsetToCommit {
  return {
    topic: topic.name,
    topicId: topic.topicId,
    partition: partition.partitionIndex,
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch,
    metadata: partition.committedMetadata ?? '',
  }
}
