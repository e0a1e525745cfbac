/** From the place that a user named to an offset of each partition. */
import type { Cluster } from '#client/cluster.ts'
import { type IsolationLevel, listOffsets, offsetRanges } from '#client/list-offsets.ts'
import type { Position } from '#client/partition-reader.ts'
import { formatPartition, keyOf, type TopicPartition } from '#client/topic-partition-map.ts'
import type { OffsetSpec } from './offset-spec.ts'

export interface ResolvedPosition extends Position {
  /** First offset that there is, and the one after the last. */
  readonly start: number
  readonly end: number
}

/**
 * @param warn told where a place is outside of what there is; the nearest that there is is taken
 */
export async function resolveOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  spec: OffsetSpec,
  isolationLevel: IsolationLevel,
  warn: (text: string) => void,
): Promise<ResolvedPosition[]> {
  const ranges = await offsetRanges(cluster, partitions, isolationLevel)
  const byTime =
    spec.kind === 'timestamp'
      ? await listOffsets(
          cluster,
          partitions.map(({ topic, partition }) => ({ topic, partition, timestamp: spec.timestampMs })),
          isolationLevel,
        )
      : undefined
  return partitions.map(({ topic, partition }) => {
    const key = keyOf({ topic, partition })
    const { start, end } = ranges.get(key)!
    const wanted = wantedOffset(spec, start, end, byTime?.get(key))
    const offset = Math.min(Math.max(wanted, start), end)
    if (spec.kind === 'exact' && offset !== wanted) {
      const where = formatPartition({ topic, partition })
      warn(`${where} has offsets from ${start} to ${end}: ${offset} is taken instead of ${wanted}`)
    }
    return { topic, partition, offset, start, end }
  })
}

function wantedOffset(spec: OffsetSpec, start: number, end: number, byTime: number | undefined): number {
  switch (spec.kind) {
    case 'start':
      return start
    case 'end':
      return end
    case 'exact':
      return spec.count
    case 'afterStart':
      return start + spec.count
    case 'beforeEnd':
      return end - spec.count
    default:
      // No record is so late: what comes next may be.
      return byTime === undefined || byTime < 0 ? end : byTime
  }
}
