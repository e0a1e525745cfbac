/**
 * When committed offsets expire (Kafka: ClassicGroup.offsetExpirationCondition, KIP-211, KIP-496). Pure.
 */
import { isSubscribedToTopic, usesConsumerProtocol, type ClassicGroup } from './classic-group.ts'
import type { CommittedOffset, OffsetsByTopic, TopicPartition } from './committed-offsets.ts'

export interface Expiry {
  readonly expired: readonly TopicPartition[]
  /** No offset is left after that: an empty group goes with them. */
  readonly isAllGone: boolean
}

export function expireOffsets(
  group: ClassicGroup,
  offsets: OffsetsByTopic,
  retentionMs: number,
  nowMs: number,
): Expiry {
  if (offsets.size === 0) return { expired: [], isAllGone: true }
  const since = retentionStart(group)
  if (since === undefined) return { expired: [], isAllGone: false }
  const expired: TopicPartition[] = []
  let isAllGone = true
  for (const [topic, partitions] of offsets) {
    if (isSubscribedToTopic(group, topic)) {
      isAllGone = false
      continue
    }
    for (const [partition, committed] of partitions) {
      // An own time, which old clients could ask for, goes before the broker's.
      const isExpired =
        committed.expireTimestampMs === -1
          ? nowMs - since(committed) >= retentionMs
          : nowMs >= committed.expireTimestampMs
      if (isExpired) expired.push({ topic, partition })
      else isAllGone = false
    }
  }
  return { expired, isAllGone }
}

/** From when an offset's retention counts; undefined: nothing of this group expires now. */
function retentionStart(group: ClassicGroup): ((committed: CommittedOffset) => number) | undefined {
  const sinceCommit = (committed: CommittedOffset): number => committed.commitTimestampMs
  // A simple group has no members whose leaving could start the clock.
  if (group.protocolType === undefined) return sinceCommit
  if (group.state === 'Empty') {
    const emptySinceMs = group.stateTimestampMs
    return emptySinceMs === undefined ? sinceCommit : () => emptySinceMs
  }
  // Of a running group only what it has stopped to read expires, and only if it is known what it reads.
  const knowsTopics = usesConsumerProtocol(group) && group.subscribedTopics !== undefined
  return knowsTopics && group.state === 'Stable' ? sinceCommit : undefined
}
