/**
 * ListOffsets (API key 2), versions 1–11: an offset by timestamp, or one of the marks below.
 * -1 latest (by isolation level: high watermark or last stable offset), -2 earliest, -3 the record with the largest
 * timestamp (v7), -4 earliest local (v8), -5 latest tiered (v9), -6 earliest pending upload (v11). Without tiered
 * storage -4 is the earliest, -5 and -6 find nothing, as Kafka without tiering answers. Work: log/local-log.ts.
 * Gaps: none.
 */
import { listOffsets } from '#protocol/messages/list-offsets.ts'
import type { ListOffsetsRequest, ListOffsetsResponse } from '#protocol/messages/list-offsets.ts'
import type { Isolation, PartitionLog, TimestampedOffset } from '#log/partition-log.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { checkLeaderEpoch, findPartition, findTopic } from '../partitions.ts'

type Response = Input<typeof ListOffsetsResponse>
type RequestPartition = ListOffsetsRequest['topics'][number]['partitions'][number]
type ResponsePartition = NonNullable<NonNullable<Response['topics']>[number]['partitions']>[number]

const marks = {
  latest: -1,
  earliest: -2,
  maxTimestamp: -3,
  earliestLocal: -4,
  latestTiered: -5,
  earliestPendingUpload: -6,
} as const

/** The first version that knows a mark. */
const firstVersions = new Map<number, number>([
  [marks.maxTimestamp, 7],
  [marks.earliestLocal, 8],
  [marks.latestTiered, 9],
  [marks.earliestPendingUpload, 11],
])

const firstLeaderEpochVersion = 4

export const listOffsetsHandler: Handler<ListOffsetsRequest, Response> = {
  message: listOffsets,
  versions: { min: 1, max: 11 },
  async handle(context, request) {
    const isolation: Isolation = request.isolationLevel === 1 ? 'read_committed' : 'read_uncommitted'
    const seen = new Map<string, number>()
    for (const { name, partitions } of request.topics) {
      for (const { partitionIndex } of partitions) {
        const key = `${name}/${partitionIndex}`
        seen.set(key, (seen.get(key) ?? 0) + 1)
      }
    }
    const topics = []
    for (const { name, partitions } of request.topics) {
      const answers: ResponsePartition[] = []
      for (const partition of partitions) {
        const isTwice = seen.get(`${name}/${partition.partitionIndex}`)! > 1
        answers.push(
          isTwice ? failed(partition, 'INVALID_REQUEST') : await answer(context, name, partition, isolation),
        )
      }
      topics.push({ name, partitions: answers })
    }
    return { topics }
  },
}

async function answer(
  context: RequestContext,
  name: string,
  wanted: RequestPartition,
  isolation: Isolation,
): Promise<ResponsePartition> {
  const { image, services, version } = context
  const topic = findTopic(image, { name, topicId: '' }, false)
  if (topic.error !== 'NONE') return failed(wanted, topic.error)
  const partition = findPartition(services, topic.topic, wanted.partitionIndex)
  if (partition.error !== 'NONE') return failed(wanted, partition.error)
  const epochError = checkLeaderEpoch(partition.log, wanted.currentLeaderEpoch)
  if (epochError !== 'NONE') return failed(wanted, epochError)
  const firstVersion = firstVersions.get(wanted.timestamp) ?? 0
  if (version < firstVersion || wanted.timestamp < marks.earliestPendingUpload) {
    return failed(wanted, 'UNSUPPORTED_VERSION')
  }
  try {
    const found = await find(partition.log, wanted.timestamp, isolation)
    return {
      partitionIndex: wanted.partitionIndex,
      timestamp: found?.timestampMs ?? -1,
      offset: found?.offset ?? -1,
      // Older versions cannot carry it.
      leaderEpoch: version >= firstLeaderEpochVersion ? (found?.leaderEpoch ?? -1) : -1,
    }
  } catch (error) {
    if (error instanceof StorageError) return failed(wanted, 'KAFKA_STORAGE_ERROR')
    throw error
  }
}

async function find(
  log: PartitionLog,
  timestamp: number,
  isolation: Isolation,
): Promise<TimestampedOffset | undefined> {
  const end = isolation === 'read_committed' ? log.lastStableOffset : log.highWatermark
  switch (timestamp) {
    case marks.latest:
      return { timestampMs: -1, offset: end, leaderEpoch: log.leaderEpoch }
    case marks.earliest:
    case marks.earliestLocal: {
      const offset = log.logStartOffset
      return { timestampMs: -1, offset, leaderEpoch: log.epochOf(offset) }
    }
    case marks.latestTiered:
    case marks.earliestPendingUpload:
      return undefined
    case marks.maxTimestamp: {
      const found = await log.offsetOfMaxTimestamp()
      return found !== undefined && found.offset < end ? found : undefined
    }
    default:
      return log.offsetForTimestamp(timestamp, isolation)
  }
}

function failed({ partitionIndex }: RequestPartition, error: ErrorName): ResponsePartition {
  return { partitionIndex, errorCode: errorCode(error) }
}
