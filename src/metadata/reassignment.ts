/**
 * Which replicas a client may move a partition to. There is one broker, so that a partition stays where it is or the
 * move is refused, and none is ever under way. Kafka: ReplicationControlManager.alterPartitionReassignment. Pure.
 */
import type { ClusterImage } from './cluster-image.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { checkReplicas } from './replica-assignment.ts'

export interface WantedReassignment {
  readonly topic: string
  readonly partition: number
  /** Broker ids; undefined: a move that is under way shall end. */
  readonly replicas: readonly number[] | undefined
}

/** @returns why not, or undefined where the partition is on these replicas already */
export function checkReassignment(image: ClusterImage, wanted: WantedReassignment): Refusal | undefined {
  const { topic, partition, replicas } = wanted
  const found = image.topicsByName.get(topic)
  if (found === undefined) {
    return refusal('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find a topic named ${topic}.`)
  }
  if (partition < 0 || partition >= found.partitionCount) {
    return refusal('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition ${topic}:${partition}.`)
  }
  if (replicas === undefined) return refusal('NO_REASSIGNMENT_IN_PROGRESS')
  return checkReplicas(replicas, image.brokerId)
}
