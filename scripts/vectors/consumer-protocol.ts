/** Subscriptions and assignments of consumer groups. */
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  newestConsumerProtocolVersion,
  type TopicPartition,
} from '../../src/protocol/consumer-protocol.ts'
import { expectSame, type Vector, type VectorCheck } from './tally.ts'

export const checkConsumerProtocol: VectorCheck = (vectors, tally) => {
  vectors.forEach((vector, index) => {
    tally.run(`${vector.type} v${vector.v}, line ${index + 1}`, () => {
      if (vector.type === 'subscription') checkSubscription(vector)
      else checkAssignment(vector)
    })
  })
}

function checkSubscription({ v, json, b }: Vector): void {
  const subscription = decodeSubscription(Buffer.from(b, 'base64'))
  const { topics, userData, ownedPartitions, generationId, rackId } = subscription
  const shown = {
    topics,
    userData: userData?.toString('base64') ?? null,
    ownedPartitions: pairs(ownedPartitions),
    generationId,
    rackId,
  }
  expectSame('decoding', JSON.stringify(shown), JSON.stringify(json))
  if (v <= newestConsumerProtocolVersion) {
    expectSame('encoding', encodeSubscription(subscription, v).toString('base64'), b)
  }
}

function checkAssignment({ v, json, b }: Vector): void {
  const assignment = decodeAssignment(Buffer.from(b, 'base64'))
  const shown = {
    partitions: pairs(assignment.partitions),
    userData: assignment.userData?.toString('base64') ?? null,
  }
  expectSame('decoding', JSON.stringify(shown), JSON.stringify(json))
  if (v <= newestConsumerProtocolVersion) {
    expectSame('encoding', encodeAssignment(assignment, v).toString('base64'), b)
  }
}

function pairs(partitions: readonly TopicPartition[]): [string, number][] {
  return partitions.map(({ topic, partition }) => [topic, partition])
}
