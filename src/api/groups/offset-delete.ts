/**
 * OffsetDelete (API key 47), version 0: forgets committed offsets of topics that the group does not read (KIP-496).
 * Work: groups/offset-commands.ts.
 * Gaps: none.
 */
import type { TopicPartition } from '#groups/committed-offsets.ts'
import { offsetDelete } from '#protocol/messages/offset-delete.ts'
import type { OffsetDeleteRequest, OffsetDeleteResponse } from '#protocol/messages/offset-delete.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'

export const offsetDeleteHandler: Handler<OffsetDeleteRequest, Input<typeof OffsetDeleteResponse>> = {
  message: offsetDelete,
  versions: { min: 0, max: 0 },
  async handle({ image, services }, request) {
    const wanted: (TopicPartition & { error: ErrorName })[] = request.topics.flatMap(
      ({ name, partitions }) => {
        const partitionCount = image.topicsByName.get(name)?.partitionCount ?? 0
        return partitions.map(({ partitionIndex }) => ({
          topic: name,
          partition: partitionIndex,
          error:
            partitionIndex >= 0 && partitionIndex < partitionCount ? 'NONE' : 'UNKNOWN_TOPIC_OR_PARTITION',
        }))
      },
    )
    const existing = wanted.filter(({ error }) => error === 'NONE')
    // Asked even for nothing: the group's own error goes before those of partitions.
    const result = await services.groups.deleteOffsets(request.groupId, existing)
    if (result.error !== 'NONE') return { errorCode: errorCode(result.error), topics: [] }
    for (const [index, { error }] of result.partitions.entries()) existing[index]!.error = error
    let next = 0
    return {
      errorCode: errorCode('NONE'),
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: errorCode(wanted[next++]!.error),
        })),
      })),
    }
  },
}
