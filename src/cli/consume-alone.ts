/** Reads partitions without a group, from a place that the user named. */
import { KafkaError } from '#client/client-error.ts'
import type { Cluster } from '#client/cluster.ts'
import type { IsolationLevel } from '#client/list-offsets.ts'
import { PartitionReader } from '#client/partition-reader.ts'
import { formatPartition, keyOf, type TopicPartition } from '#client/topic-partition-map.ts'
import { onInterrupt } from './interrupt.ts'
import type { OffsetSpec } from './offset-spec.ts'
import { outputGone, say, unlessAborted } from './output.ts'
import type { RecordPrinter } from './record-printer.ts'
import { resolveOffsets } from './resolve-offsets.ts'

export interface AloneRequest {
  readonly topics: readonly string[]
  /** undefined: all of them */
  readonly partitions: readonly number[] | undefined
  readonly spec: OffsetSpec
  readonly isolationLevel: IsolationLevel
  readonly exitAtEnd: boolean
  readonly printer: RecordPrinter
}

export async function consumeAlone(cluster: Cluster, request: AloneRequest): Promise<void> {
  const { printer, isolationLevel, exitAtEnd } = request
  const stop = AbortSignal.any([onInterrupt(), outputGone])
  const partitions = await choosePartitions(cluster, request)
  const positions = await resolveOffsets(cluster, partitions, request.spec, isolationLevel, say)
  const ends = new Map(positions.map(position => [keyOf(position), exitAtEnd ? position.end : Infinity]))
  const reader = new PartitionReader(cluster, { isolationLevel })
  reader.assign(positions.filter(position => position.offset < ends.get(keyOf(position))!))
  while (reader.assignedCount > 0 && !printer.isDone && !stop.aborted) {
    const fetched = await unlessAborted(reader.poll(), stop)
    for (const partition of fetched ?? []) {
      if (printer.isDone || stop.aborted) break
      const end = ends.get(keyOf(partition))!
      await printer.print(partition, end)
      if (partition.nextOffset >= end) reader.remove(partition)
    }
  }
}

async function choosePartitions(cluster: Cluster, request: AloneRequest): Promise<TopicPartition[]> {
  const chosen: TopicPartition[] = []
  for (const name of request.topics) {
    const { partitions } = await cluster.topic(name)
    const there = partitions.map(({ partition }) => partition)
    for (const partition of request.partitions ?? there) {
      const at = { topic: name, partition }
      if (!there.includes(partition)) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', formatPartition(at))
      chosen.push(at)
    }
  }
  return chosen
}
