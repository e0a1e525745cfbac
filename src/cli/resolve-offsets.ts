/** From the places that a user named to offsets of each partition. */
import type { Cluster } from '#client/cluster.ts'
import { type IsolationLevel, listOffsets, offsetRanges } from '#client/list-offsets.ts'
import type { Position } from '#client/partition-reader.ts'
import { formatPartition, keyOf, type TopicPartition } from '#client/topic-partition-map.ts'
import type { OffsetRange, OffsetSpec } from './offset-spec.ts'

export interface ResolvedPosition extends Position {
  /** First offset that there is, and the one after the last. */
  readonly start: number
  readonly end: number
}

export interface ResolvedRange extends ResolvedPosition {
  /** First offset that is not part of it; Infinity: there is no end. */
  readonly until: number
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
  const wanted = await offsetsOf(cluster, partitions, spec, ranges, isolationLevel)
  return partitions.map(at => {
    const { start, end } = ranges.get(keyOf(at))!
    const wantedOffset = wanted.get(keyOf(at))!
    const offset = Math.min(Math.max(wantedOffset, start), end)
    if (spec.kind === 'exact' && offset !== wantedOffset) {
      const where = formatPartition(at)
      warn(`${where} has offsets from ${start} to ${end}: ${offset} is taken instead of ${wantedOffset}`)
    }
    return { topic: at.topic, partition: at.partition, offset, start, end }
  })
}

/** The end of a range may lie where no record is yet, its beginning as in `resolveOffsets`. */
export async function resolveRange(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { from, to }: OffsetRange,
  isolationLevel: IsolationLevel,
  warn: (text: string) => void,
): Promise<ResolvedRange[]> {
  const positions = await resolveOffsets(cluster, partitions, from, isolationLevel, warn)
  if (to === undefined) return positions.map(position => ({ ...position, until: Infinity }))
  const ranges = new Map(positions.map(position => [keyOf(position), position]))
  const ends = await offsetsOf(cluster, partitions, to, ranges, isolationLevel)
  return positions.map(position => ({ ...position, until: ends.get(keyOf(position))! }))
}

type Ranges = ReadonlyMap<string, { readonly start: number; readonly end: number }>

/** By `keyOf`. */
async function offsetsOf(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  spec: OffsetSpec,
  ranges: Ranges,
  isolationLevel: IsolationLevel,
): Promise<Map<string, number>> {
  const byTime =
    spec.kind === 'timestamp'
      ? await listOffsets(
          cluster,
          partitions.map(({ topic, partition }) => ({ topic, partition, timestamp: spec.timestampMs })),
          isolationLevel,
        )
      : undefined
  return new Map(
    partitions.map(at => {
      const key = keyOf(at)
      const { start, end } = ranges.get(key)!
      return [key, offsetOf(spec, start, end, byTime?.get(key))]
    }),
  )
}

function offsetOf(spec: OffsetSpec, start: number, end: number, byTime: number | undefined): number {
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
