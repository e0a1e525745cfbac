/**
 * When the next batch begins a new segment. Kafka: LogSegment.shouldRoll. Pure.
 */
import type { Segment } from '#storage/segment.ts'
import type { LogConfig } from './log-config.ts'

export interface RollInput {
  readonly nowMs: number
  /** Drawn for each segment, so that not all partitions roll at once. */
  readonly rollJitterMs: number
  readonly batchBytes: number
  readonly batchMaxTimestampMs: number
  readonly batchLastOffset: number
}

export function shouldRoll(active: Segment, config: LogConfig, input: RollInput): boolean {
  if (active.sizeInBytes > config.segmentBytes - input.batchBytes) return true
  if (active.sizeInBytes > 0 && ageMs(active, input) > config.segmentMs - input.rollJitterMs) return true
  return active.isIndexFull(config.segmentIndexBytes) || !active.canHold(input.batchLastOffset)
}

/** By the records' own time, so that old data that is loaded quickly is not cut in many segments. */
function ageMs(active: Segment, input: RollInput): number {
  const { firstTimestampMs } = active
  return firstTimestampMs !== undefined && firstTimestampMs >= 0
    ? input.batchMaxTimestampMs - firstTimestampMs
    : input.nowMs - active.createdMs
}
