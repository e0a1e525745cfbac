/**
 * Decides whether a topic may be created, and with what. The order of the checks is that of Kafka's controller,
 * because a request with two faults should get the same answer. Pure.
 */
import type { BrokerConfig } from './broker-config.ts'
import type { ClusterImage } from './cluster-image.ts'
import { checkManualTopic } from './replica-assignment.ts'
import type { ManualAssignment } from './replica-assignment.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { checkTopicConfig } from './topic-config.ts'
import {
  clusterMetadataTopic,
  collisionKey,
  hasCollisionChars,
  isInternalTopic,
  topicNameFault,
} from './topic-name.ts'

export interface NewTopic {
  readonly name: string
  /** -1: the broker's num.partitions. */
  readonly partitionCount: number
  /** -1: the broker's choice. */
  readonly replicationFactor: number
  readonly assignments: readonly ManualAssignment[]
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

export interface AcceptedTopic {
  readonly name: string
  readonly partitionCount: number
  readonly overrides: ReadonlyMap<string, string>
}

/** A topic with nothing chosen. */
export function newTopic(name: string): NewTopic {
  return { name, partitionCount: -1, replicationFactor: -1, assignments: [], configs: [] }
}

/** How many partitions a request asks for, before it is known whether it gets them. */
export function wantedPartitions({ assignments, partitionCount }: NewTopic, config: BrokerConfig): number {
  if (assignments.length > 0) return assignments.length
  return partitionCount === -1 ? config.number('num.partitions') : Math.max(partitionCount, 0)
}

export function checkNewTopic(
  wanted: NewTopic,
  image: ClusterImage,
  config: BrokerConfig,
): AcceptedTopic | Refusal {
  const nameFault = checkName(wanted.name, image)
  if (nameFault !== undefined) return nameFault
  const overrides = checkOverrides(wanted, config)
  if ('error' in overrides) return overrides
  const partitionCount = checkPartitions(wanted, image.brokerId, config)
  if (typeof partitionCount !== 'number') return partitionCount
  return { name: wanted.name, partitionCount, overrides }
}

function checkName(name: string, image: ClusterImage): Refusal | undefined {
  if (image.topicsByName.has(name)) return refusal('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
  // Clients that make sure of these topics before they start go on when told that they exist. Their contents
  // are rows here, which no client may create.
  if (isInternalTopic(name)) {
    return refusal('TOPIC_ALREADY_EXISTS', `Topic '${name}' is internal to the broker and cannot be created.`)
  }
  if (name === clusterMetadataTopic) {
    return refusal('INVALID_REQUEST', `Creation of internal topic ${name} is prohibited.`)
  }
  const fault = topicNameFault(name)
  if (fault !== undefined) return refusal('INVALID_TOPIC_EXCEPTION', fault)
  const colliding = hasCollisionChars(name) ? collidingTopic(name, image) : undefined
  if (colliding === undefined) return undefined
  return refusal('INVALID_TOPIC_EXCEPTION', `Topic '${name}' collides with existing topic: ${colliding}`)
}

function collidingTopic(name: string, image: ClusterImage): string | undefined {
  const key = collisionKey(name)
  for (const existing of image.topicsByName.keys()) {
    if (existing.length === name.length && collisionKey(existing) === key) return existing
  }
  return undefined
}

function checkOverrides(wanted: NewTopic, config: BrokerConfig): Map<string, string> | Refusal {
  const overrides = new Map<string, string>()
  const nulls: string[] = []
  for (const { name, value } of wanted.configs) {
    if (value === null) nulls.push(name)
    else overrides.set(name, value)
  }
  const fault =
    nulls.length > 0
      ? `Null value not supported for topic configs: ${nulls.join(',')}`
      : checkTopicConfig(overrides, config)
  return fault === undefined ? overrides : refusal('INVALID_CONFIG', fault)
}

function checkPartitions(wanted: NewTopic, brokerId: number, config: BrokerConfig): number | Refusal {
  const { assignments, partitionCount, replicationFactor } = wanted
  if (assignments.length > 0) {
    const manual = 'A manual partition assignment was specified, but'
    if (replicationFactor !== -1) {
      return refusal('INVALID_REQUEST', `${manual} replication factor was not set to -1.`)
    }
    if (partitionCount !== -1) return refusal('INVALID_REQUEST', `${manual} numPartitions was not set to -1.`)
    return checkManualTopic(assignments, brokerId)
  }
  if (replicationFactor < -1 || replicationFactor === 0) {
    return refusal(
      'INVALID_REPLICATION_FACTOR',
      'Replication factor must be larger than 0, or -1 to use the default value.',
    )
  }
  if (partitionCount < -1 || partitionCount === 0) {
    return refusal('INVALID_PARTITIONS', 'Number of partitions was set to an invalid non-positive value.')
  }
  if (replicationFactor > 1) {
    return refusal(
      'INVALID_REPLICATION_FACTOR',
      `Unable to replicate the partition ${replicationFactor} time(s): The target replication factor of ` +
        `${replicationFactor} cannot be reached because only 1 broker(s) are registered or some brokers have all their log ` +
        'directories cordoned.',
    )
  }
  return wantedPartitions(wanted, config)
}
