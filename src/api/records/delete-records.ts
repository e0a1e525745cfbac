/**
 * DeleteRecords (API key 21), versions 0–2: moves the start of a log up to an offset; -1 means all that can be read.
 * Durable when answered. A topic whose cleanup policy lacks `delete` is refused with POLICY_VIOLATION, as in Kafka.
 * Work: log/local-log.ts.
 * Gaps: none.
 */
import { deleteRecords } from '#protocol/messages/delete-records.ts'
import type { DeleteRecordsRequest, DeleteRecordsResponse } from '#protocol/messages/delete-records.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { findPartition, findTopic } from '../partitions.ts'

type Response = Input<typeof DeleteRecordsResponse>

/** Kafka's DeleteRecordsResponse.INVALID_LOW_WATERMARK. */
const invalidLowWatermark = -1

export const deleteRecordsHandler: Handler<DeleteRecordsRequest, Response> = {
  message: deleteRecords,
  versions: { min: 0, max: 2 },
  async handle(context, request) {
    const topics = []
    for (const { name, partitions } of request.topics) {
      const answers = []
      for (const { partitionIndex, offset } of partitions) {
        answers.push(await deleteBefore(context, name, partitionIndex, offset))
      }
      topics.push({ name, partitions: answers })
    }
    return { topics }
  },
}

async function deleteBefore(
  { image, services }: RequestContext,
  name: string,
  partitionIndex: number,
  offset: number,
) {
  const failed = (error: ErrorName) => ({
    partitionIndex,
    lowWatermark: invalidLowWatermark,
    errorCode: errorCode(error),
  })
  const topic = findTopic(image, { name, topicId: '' }, false)
  if (topic.error !== 'NONE') return failed(topic.error)
  const partition = findPartition(services, topic.topic, partitionIndex)
  if (partition.error !== 'NONE') return failed(partition.error)
  if (!topic.topic.logConfig.cleanupDelete) return failed('POLICY_VIOLATION')
  try {
    const { error, logStartOffset } = await partition.log.deleteRecordsBefore(offset)
    return error === 'NONE' ? { partitionIndex, lowWatermark: logStartOffset, errorCode: 0 } : failed(error)
  } catch (error) {
    if (error instanceof StorageError) return failed('KAFKA_STORAGE_ERROR')
    throw error
  }
}
