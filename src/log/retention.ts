/**
 * Which segments retention removes. Kafka: UnifiedLog.deletableSegments. Pure.
 *
 * cleanup.policy=compact alone removes nothing here: compaction is not built yet, such topics keep every record.
 */
import type { LogConfig } from './log-config.ts'

export interface SegmentFacts {
  readonly sizeInBytes: number
  /** Largest timestamp of its records, else the time of its last write. */
  readonly largestTimestampMs: number
  /** Offset after its last record. */
  readonly endOffset: number
}

export interface RetentionInput {
  /** Oldest first; the last one is active. */
  readonly segments: readonly SegmentFacts[]
  readonly logStartOffset: number
  /** Nothing above it is removed. */
  readonly highWatermark: number
  readonly nowMs: number
  readonly config: Pick<LogConfig, 'retentionMs' | 'retentionBytes' | 'cleanupDelete'>
}

/** @returns how many of the oldest segments go, and why the last of them does */
export function expiredSegments(input: RetentionInput): { count: number; reason: string } {
  const { segments, config } = input
  const byStart = countWhile(
    input,
    (segment, isActive) => !isActive && segment.endOffset <= input.logStartOffset,
  )
  let best = { count: byStart, reason: 'below the log start offset' }
  if (!config.cleanupDelete) return best
  if (config.retentionMs >= 0) {
    const count = countWhile(input, segment => input.nowMs - segment.largestTimestampMs > config.retentionMs)
    if (count > best.count) best = { count, reason: 'older than retention.ms' }
  }
  if (config.retentionBytes >= 0) {
    let excess = segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0) - config.retentionBytes
    const count = countWhile(input, segment => {
      if (excess < segment.sizeInBytes) return false
      excess -= segment.sizeInBytes
      return true
    })
    if (count > best.count) best = { count, reason: 'above retention.bytes' }
  }
  return best
}

function countWhile(
  input: RetentionInput,
  isExpired: (segment: SegmentFacts, isActive: boolean) => boolean,
): number {
  let count = 0
  for (const [index, segment] of input.segments.entries()) {
    const isActive = index === input.segments.length - 1
    if (isActive && segment.sizeInBytes === 0) break
    if (segment.endOffset > input.highWatermark || !isExpired(segment, isActive)) break
    count++
  }
  return count
}
