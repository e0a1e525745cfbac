/**
 * AlterReplicaLogDirs (API key 34), versions 1–2: moves partitions to another folder of the broker. There is one
 * folder, so that partitions are where they shall be or the folder is not known. Where a partition is named for
 * several folders the last one counts, as in Kafka. Work: log/log-manager.ts.
 * Gaps: none.
 */
import { alterReplicaLogDirs } from '#protocol/messages/alter-replica-log-dirs.ts'
import type {
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
} from '#protocol/messages/alter-replica-log-dirs.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { findPartition, findTopic } from '../partitions.ts'

type Response = Input<typeof AlterReplicaLogDirsResponse>

export const alterReplicaLogDirsHandler: Handler<AlterReplicaLogDirsRequest, Response> = {
  message: alterReplicaLogDirs,
  versions: { min: 1, max: 2 },
  handle(context, request) {
    const topics = new Map<string, Map<number, ErrorName>>()
    for (const { path, topics: moved } of request.dirs) {
      for (const { name, partitions } of moved) {
        if (partitions.length === 0) continue
        const results = topics.get(name) ?? new Map<number, ErrorName>()
        for (const partition of partitions) results.set(partition, move(context, name, partition, path))
        topics.set(name, results)
      }
    }
    return {
      results: Array.from(topics, ([topicName, results]) => ({
        topicName,
        partitions: Array.from(results, ([partitionIndex, error]) => ({
          partitionIndex,
          errorCode: errorCode(error),
        })),
      })),
    }
  },
}

function move({ image, services }: RequestContext, name: string, partition: number, path: string): ErrorName {
  if (futureFolderLength(name, partition) > maxFolderLength) return 'INVALID_TOPIC_EXCEPTION'
  if (path !== services.logs.dataFolder) return 'LOG_DIR_NOT_FOUND'
  const topic = findTopic(image, { name, topicId: '' }, false)
  return topic.error === 'NONE' ? findPartition(services, topic.topic, partition).error : topic.error
}

/** Of a folder's name. */
const maxFolderLength = 255

/** While it moves, a partition is in TOPIC-PARTITION.UUID-future; UnifiedLog.logFutureDirName. */
function futureFolderLength(name: string, partition: number): number {
  return `${name}-${partition}.`.length + 32 + '-future'.length
}
