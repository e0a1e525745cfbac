/**
 * DescribeLogDirs (API key 35), versions 1–5: how large the logs in the data folder are, from version 4 on also how
 * large the file system below it is (KIP-827). Null asks for all partitions; what does not exist is left out, and so
 * is a partition whose files cannot be used. A broker in memory calls its folder `memory` and knows no sizes of it (-1).
 * The lag is that of replicas behind their leader, thus 0. Work: log/log-manager.ts.
 * Gaps: none.
 */
import { errorCode } from '#protocol/error-codes.ts'
import { describeLogDirs } from '#protocol/messages/describe-log-dirs.ts'
import type { DescribeLogDirsRequest, DescribeLogDirsResponse } from '#protocol/messages/describe-log-dirs.ts'
import type { Input } from '#protocol/schema.ts'
import type { ClusterImage } from '#metadata/cluster-image.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { Handler, Services } from '../handler.ts'

type Response = Input<typeof DescribeLogDirsResponse>
type ResponseFolder = NonNullable<Response['results']>[number]
type ResponsePartition = NonNullable<NonNullable<ResponseFolder['topics']>[number]['partitions']>[number]

export const describeLogDirsHandler: Handler<DescribeLogDirsRequest, Response> = {
  message: describeLogDirs,
  versions: { min: 1, max: 5 },
  async handle({ image, services }, request) {
    const logDir = services.logs.dataFolder
    try {
      const volume = await services.logs.volume()
      const topics = [...wantedPartitions(image, request)].map(([name, partitions]) =>
        describe(services, name, partitions),
      )
      return {
        results: [
          {
            errorCode: 0,
            logDir,
            topics: topics.filter(topic => topic.partitions.length > 0),
            ...(volume === undefined ? {} : volume),
          },
        ],
      }
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      services.logger.error('Could not look at the volume of the data folder', { error: error.message })
      return { results: [{ errorCode: errorCode('KAFKA_STORAGE_ERROR'), logDir }] }
    }
  },
}

/** By topic, each partition once. */
function wantedPartitions(
  image: ClusterImage,
  { topics }: DescribeLogDirsRequest,
): Map<string, Iterable<number>> {
  if (topics === null) {
    return new Map([...image.topicsByName].map(([name, topic]) => [name, indexesBelow(topic.partitionCount)]))
  }
  const wanted = new Map<string, Set<number>>()
  for (const { topic, partitions } of topics) {
    const known = wanted.get(topic) ?? new Set()
    for (const partition of partitions) known.add(partition)
    wanted.set(topic, known)
  }
  return wanted
}

function* indexesBelow(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index
}

function describe({ logs }: Services, name: string, wanted: Iterable<number>) {
  const partitions: ResponsePartition[] = []
  for (const partitionIndex of wanted) {
    const log = logs.get(name, partitionIndex)
    if (log !== undefined) partitions.push({ partitionIndex, partitionSize: log.sizeInBytes })
  }
  return { name, partitions }
}
