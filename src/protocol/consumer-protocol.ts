/**
 * The blobs that members of a classic consumer group pass to each other through the broker: what each subscribes to
 * and what it is assigned, protocol type `consumer`, with their version in front. Kafka: ConsumerProtocol. Pure.
 */
import { decode, encode } from './codec.ts'
import { ConsumerProtocolAssignment } from './messages/consumer-protocol-assignment.ts'
import { ConsumerProtocolSubscription } from './messages/consumer-protocol-subscription.ts'
import { ProtocolError } from './protocol-error.ts'
import { Reader } from './reader.ts'
import type { Schema } from './schema.ts'
import { Writer } from './writer.ts'

export const newestConsumerProtocolVersion = 3

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface ConsumerSubscription {
  readonly topics: readonly string[]
  readonly userData: Buffer | null
  /** What the member has, from version 1 on; empty before. */
  readonly ownedPartitions: readonly TopicPartition[]
  /** Of the generation that `ownedPartitions` is from; -1 where the version (below 2) or the member has none. */
  readonly generationId: number
  /** From version 3 on; null before. */
  readonly rackId: string | null
}

export interface ConsumerAssignment {
  readonly partitions: readonly TopicPartition[]
  readonly userData: Buffer | null
}

/**
 * Reads a subscription. Of a version that is not known the part is read that the newest known one has.
 * @throws ProtocolError
 */
export function decodeSubscription(blob: Buffer): ConsumerSubscription {
  const { topics, userData, ownedPartitions, generationId, rackId } = decodeVersioned(
    ConsumerProtocolSubscription,
    blob,
  )
  return { topics, userData, ownedPartitions: flattened(ownedPartitions), generationId, rackId }
}

/** Topics and partitions are put in order, as Kafka's clients do. */
export function encodeSubscription(
  subscription: ConsumerSubscription,
  version = newestConsumerProtocolVersion,
): Buffer {
  const owned = subscription.ownedPartitions.toSorted(
    (left, right) => compareText(left.topic, right.topic) || left.partition - right.partition,
  )
  return encodeVersioned(ConsumerProtocolSubscription, version, {
    ...subscription,
    topics: subscription.topics.toSorted(compareText),
    ownedPartitions: grouped(owned),
  })
}

/** Reads an assignment; versions as in `decodeSubscription`. @throws ProtocolError */
export function decodeAssignment(blob: Buffer): ConsumerAssignment {
  const { assignedPartitions, userData } = decodeVersioned(ConsumerProtocolAssignment, blob)
  return { partitions: flattened(assignedPartitions), userData }
}

export function encodeAssignment(
  assignment: ConsumerAssignment,
  version = newestConsumerProtocolVersion,
): Buffer {
  return encodeVersioned(ConsumerProtocolAssignment, version, {
    assignedPartitions: grouped(assignment.partitions),
    userData: assignment.userData,
  })
}

function decodeVersioned<D>(schema: Schema<D>, blob: Buffer): D {
  const reader = new Reader(blob)
  const version = reader.int16()
  if (version < 0) throw new ProtocolError(`${schema.name} of version ${version}`)
  return decode(schema, Math.min(version, newestConsumerProtocolVersion), reader)
}

function encodeVersioned<V>(schema: Schema<unknown, V>, version: number, value: V): Buffer {
  const writer = new Writer()
  writer.int16(version)
  encode(schema, version, value, writer)
  return writer.toBuffer()
}

interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

function flattened(topics: readonly TopicPartitions[]): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map(partition => ({ topic, partition })))
}

/** One entry for each topic, in the order in which they first appear. */
function grouped(list: readonly TopicPartition[]): TopicPartitions[] {
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of list) {
    const partitions = byTopic.get(topic)
    if (partitions === undefined) byTopic.set(topic, [partition])
    else partitions.push(partition)
  }
  return [...byTopic].map(([topic, partitions]) => ({ topic, partitions }))
}

/** By UTF-16 units, as Java's String.compareTo. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
