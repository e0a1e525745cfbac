/**
 * Checks of the replicas that a client wants for partitions. There is one broker, so that the only legal list
 * is that broker alone; the reasons are told as Kafka tells them. Pure.
 */
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'

export interface ManualAssignment {
  readonly partition: number
  readonly brokerIds: readonly number[]
}

/**
 * For CreateTopics.
 * @returns the number of partitions, or why not
 */
export function checkManualTopic(
  assignments: readonly ManualAssignment[],
  brokerId: number,
): number | Refusal {
  const seen = new Set<number>()
  for (const { partition, brokerIds } of assignments) {
    if (seen.has(partition)) {
      return invalid(`Found multiple manual partition assignments for partition ${partition}`)
    }
    const fault = checkReplicas(brokerIds, brokerId)
    if (fault !== undefined) return fault
    seen.add(partition)
  }
  for (let partition = 0; partition < seen.size; partition++) {
    if (!seen.has(partition)) return invalid('partitions should be a consecutive 0-based integer sequence')
  }
  return seen.size
}

/** For CreatePartitions: one list of replicas for each partition that is added. */
export function checkManualPartitions(
  lists: readonly (readonly number[])[],
  addedCount: number,
  brokerId: number,
): Refusal | undefined {
  if (lists.length !== addedCount) {
    return invalid(
      `Attempted to add ${addedCount} additional partition(s), but only ${lists.length} assignment(s) were specified.`,
    )
  }
  return lists.map(list => checkReplicas(list, brokerId)).find(fault => fault !== undefined)
}

/** For each list of replicas, also of a partition that exists. */
export function checkReplicas(brokerIds: readonly number[], brokerId: number): Refusal | undefined {
  if (brokerIds.length === 0)
    return invalid('The manual partition assignment includes an empty replica list.')
  let previous: number | undefined
  for (const id of brokerIds.toSorted((a, b) => a - b)) {
    if (id !== brokerId) {
      return invalid(
        `The manual partition assignment includes broker ${id}, but no such broker is registered.`,
      )
    }
    if (id === previous) {
      return invalid(`The manual partition assignment includes the broker ${id} more than once.`)
    }
    previous = id
  }
  return undefined
}

function invalid(message: string): Refusal {
  return refusal('INVALID_REPLICA_ASSIGNMENT', message)
}
