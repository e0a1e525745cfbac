// Our own client, which speaks to Odradek and to Apache Kafka alike: what a check prepares and what it looks at.

import { SystemClock } from '#base/clock.ts'
import { silentLogger } from '#base/logger.ts'
import { SystemRandom } from '#base/random.ts'
import { createTopics, deleteTopics } from '#client/admin.ts'
import { Cluster } from '#client/cluster.ts'
import type { FetchedRecord } from '#client/fetched-records.ts'
import { offsetRanges } from '#client/list-offsets.ts'
import { PartitionReader } from '#client/partition-reader.ts'
import { keyOf } from '#client/topic-partition-map.ts'
import { fail } from '../fault/checks.ts'

/** @param address HOST:PORT */
export function clusterAt(address: string): Cluster {
  const [host, port] = address.split(':')
  return new Cluster({
    bootstrap: [{ host: host!, port: Number(port) }],
    clientId: 'connect-checks',
    clock: new SystemClock(),
    random: new SystemRandom(),
    logger: silentLogger,
  })
}

export async function createTopic(
  cluster: Cluster,
  name: string,
  partitionCount: number,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const topic = { name, partitionCount, replicationFactor: 1, configs: new Map(Object.entries(configs)) }
  const error = (await createTopics(cluster, [topic])).get(name)
  if (error !== undefined) throw error
}

/** Topics that do not exist are passed over. */
export async function removeTopics(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const error of (await deleteTopics(cluster, names)).values())
    if (error !== undefined && error.errorName !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
}

const READ_LIMIT_MS = 60_000

/** Everything that is in a topic now, by partition. */
export async function readTopic(cluster: Cluster, topic: string): Promise<FetchedRecord[][]> {
  const { partitions } = await cluster.topic(topic, { fresh: true })
  const places = partitions.map(({ partition }) => ({ topic, partition }))
  const ranges = await offsetRanges(cluster, places)
  const found = places.map((): FetchedRecord[] => [])
  const open = new Set(places.map(keyOf).filter(key => ranges.get(key)!.end > ranges.get(key)!.start))
  const reader = new PartitionReader(cluster)
  reader.assign(
    places.filter(at => open.has(keyOf(at))).map(at => ({ ...at, offset: ranges.get(keyOf(at))!.start })),
  )
  const limit = performance.now() + READ_LIMIT_MS
  while (open.size > 0) {
    if (performance.now() > limit) fail(`${topic} could not be read to its end within ${READ_LIMIT_MS} ms`)
    for (const { partition, records, nextOffset } of await reader.poll()) {
      const key = keyOf({ topic, partition })
      const { end } = ranges.get(key)!
      found[partition]!.push(...records.filter(({ offset }) => offset < end))
      if (nextOffset < end) continue
      open.delete(key)
      reader.remove({ topic, partition })
    }
  }
  return found
}

/** How many records a topic has, all partitions together, by its offsets. */
export async function countOf(cluster: Cluster, topic: string): Promise<number> {
  const { partitions } = await cluster.topic(topic, { fresh: true })
  const ranges = await offsetRanges(
    cluster,
    partitions.map(({ partition }) => ({ topic, partition })),
  )
  return [...ranges.values()].reduce((sum, { start, end }) => sum + end - start, 0)
}
