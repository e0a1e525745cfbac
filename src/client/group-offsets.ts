/**
 * The offsets that a group has committed: read, written and deleted from outside of the group or by its members.
 */
import { offsetCommit } from '#protocol/messages/offset-commit.ts'
import { offsetFetch } from '#protocol/messages/offset-fetch.ts'
import { throwOnError } from './client-error.ts'
import type { GroupCoordinator } from './coordinator.ts'
import { byTopic, formatPartition, keyOf, type TopicPartition } from './topic-partition-map.ts'

/** One group a request, and names instead of topic ids, up to these versions. */
const newestOffsetFetch = 7
const newestOffsetCommit = 9

export interface CommittedOffset extends TopicPartition {
  readonly offset: number
  readonly metadata: string | null
}

/**
 * @param partitions undefined: all that the group has offsets for
 * @returns by `keyOf`; partitions without a committed offset are left out
 */
export function fetchCommitted(
  coordinator: GroupCoordinator,
  partitions?: readonly TopicPartition[],
): Promise<Map<string, CommittedOffset>> {
  return coordinator.retrying(async () => {
    const topics =
      partitions === undefined
        ? null
        : [...byTopic(partitions)].map(([name, asked]) => ({
            name,
            partitionIndexes: asked.map(({ partition }) => partition),
          }))
    const request = { groupId: coordinator.groupId, topics }
    const response = await coordinator.call(offsetFetch, request, { maxVersion: newestOffsetFetch })
    throwOnError(response.errorCode, `group '${coordinator.groupId}'`)
    const committed = new Map<string, CommittedOffset>()
    for (const { name, partitions } of response.topics) {
      for (const { partitionIndex, committedOffset, metadata, errorCode } of partitions) {
        const at = { topic: name, partition: partitionIndex }
        throwOnError(errorCode, formatPartition(at))
        if (committedOffset >= 0n)
          committed.set(keyOf(at), { ...at, offset: Number(committedOffset), metadata })
      }
    }
    return committed
  })
}

/** Who commits: a member of a generation; undefined: somebody outside, which an empty group alone allows. */
export interface Committer {
  readonly memberId: string
  readonly generationId: number
  readonly groupInstanceId: string | null
}

/** @throws KafkaError of the first partition that was refused */
export async function commitOffsets(
  coordinator: GroupCoordinator,
  offsets: readonly (TopicPartition & { readonly offset: number })[],
  committer?: Committer,
): Promise<void> {
  const response = await coordinator.call(
    offsetCommit,
    {
      groupId: coordinator.groupId,
      generationIdOrMemberEpoch: committer?.generationId ?? -1,
      memberId: committer?.memberId ?? '',
      groupInstanceId: committer?.groupInstanceId ?? null,
      topics: [...byTopic(offsets)].map(([name, list]) => ({
        name,
        partitions: list.map(({ partition, offset }) => ({
          partitionIndex: partition,
          committedOffset: BigInt(offset),
          committedMetadata: '',
        })),
      })),
    },
    { maxVersion: newestOffsetCommit },
  )
  for (const { name, partitions } of response.topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      const where = formatPartition({ topic: name, partition: partitionIndex })
      throwOnError(errorCode, `commit of group '${coordinator.groupId}' for ${where}`)
    }
  }
}
