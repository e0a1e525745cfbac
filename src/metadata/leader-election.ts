/**
 * Who leads a partition when a client asks for an election. Each partition has one replica: it leads already, or its
 * files cannot be used and nobody does. Kafka: ReplicationControlManager.electLeader. Pure.
 */
import type { ClusterImage } from './cluster-image.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'

/** By Kafka's number: the first replica, or any that is left. */
export const electionTypes = ['preferred', 'unclean'] as const
export type ElectionType = (typeof electionTypes)[number]

export interface WantedElection {
  readonly topic: string
  readonly partition: number
  readonly type: ElectionType
  /** Its log cannot be opened. */
  readonly isOffline: boolean
}

/** @returns why no leader was elected; there is always a reason */
export function electLeader(image: ClusterImage, wanted: WantedElection): Refusal {
  const { topic, partition, type, isOffline } = wanted
  const found = image.topicsByName.get(topic)
  if (found === undefined) return refusal('UNKNOWN_TOPIC_OR_PARTITION', `No such topic as ${topic}`)
  if (partition < 0 || partition >= found.partitionCount) {
    return refusal('UNKNOWN_TOPIC_OR_PARTITION', `No such partition as ${topic}-${partition}`)
  }
  if (!isOffline) {
    return refusal('ELECTION_NOT_NEEDED', 'Leader election not needed for topic partition.')
  }
  return type === 'preferred'
    ? refusal('PREFERRED_LEADER_NOT_AVAILABLE', 'The preferred leader was not available.')
    : refusal('ELIGIBLE_LEADERS_NOT_AVAILABLE', 'Eligible topic partition leaders are not available.')
}
