/**
 * A classic group as the store keeps it: Kafka's GroupMetadataValue, version 3, with the version in front. Pure.
 * Kept is what a generation agreed on; what is going on at the moment (who waits, who is to come) is not.
 */
import { Reader } from '#protocol/reader.ts'
import { Writer } from '#protocol/writer.ts'
import { ProtocolError } from '#protocol/protocol-error.ts'
import {
  computeSubscribedTopics,
  metadataFor,
  newClassicGroup,
  type ClassicGroup,
  type ClassicMember,
} from './classic-group.ts'

const recordVersion = 3

export function encodeClassicGroup(group: ClassicGroup): Buffer {
  // A rebalance under way leaves no trace: a row that is written meanwhile says that the group exists, no more.
  const isSettled = group.state !== 'PreparingRebalance'
  const members = isSettled ? [...group.members.values()] : []
  const writer = new Writer()
  writer.int16(recordVersion)
  writer.string(isSettled ? (group.protocolType ?? '') : '')
  writer.int32(group.generationId)
  writer.nullableString((isSettled ? group.protocolName : undefined) ?? null)
  writer.nullableString((isSettled ? group.leaderId : undefined) ?? null)
  writer.int64(group.stateTimestampMs ?? -1)
  writer.int32(members.length)
  for (const member of members) {
    writer.string(member.memberId)
    writer.nullableString(member.groupInstanceId ?? null)
    writer.string(member.clientId)
    writer.string(member.clientHost)
    writer.int32(member.rebalanceTimeoutMs)
    writer.int32(member.sessionTimeoutMs)
    writer.bytes(metadataFor(group, member))
    writer.bytes(member.assignment)
  }
  return Buffer.concat(writer.finish().parts.map(part => part as Buffer))
}

/** @throws ProtocolError when `value` is not such a record */
export function decodeClassicGroup(groupId: string, value: Uint8Array): ClassicGroup {
  const reader = new Reader(Buffer.from(value))
  const version = reader.int16()
  if (version !== recordVersion) throw new ProtocolError(`group record of version ${version}`)
  const protocolType = reader.string()
  const group = newClassicGroup(groupId, 0)
  group.protocolType = protocolType === '' ? undefined : protocolType
  group.generationId = reader.int32()
  group.protocolName = reader.nullableString() ?? undefined
  group.leaderId = reader.nullableString() ?? undefined
  const stateTimestampMs = reader.int64()
  group.stateTimestampMs = stateTimestampMs === -1 ? undefined : stateTimestampMs
  const memberCount = reader.arrayLength(22)
  for (let index = 0; index < memberCount; index++) {
    const member = readMember(reader, protocolType, group.protocolName ?? '')
    group.members.set(member.memberId, member)
    if (member.groupInstanceId !== undefined) {
      group.staticMembers.set(member.groupInstanceId, member.memberId)
    }
  }
  if (memberCount > 0) group.state = 'Stable'
  group.subscribedTopics = computeSubscribedTopics(group)
  return group
}

function readMember(reader: Reader, protocolType: string, protocolName: string): ClassicMember {
  const memberId = reader.string()
  const groupInstanceId = reader.nullableString() ?? undefined
  const clientId = reader.string()
  const clientHost = reader.string()
  const rebalanceTimeoutMs = reader.int32()
  const sessionTimeoutMs = reader.int32()
  const metadata = reader.bytes()
  const assignment = reader.bytes()
  return {
    memberId,
    groupInstanceId,
    clientId,
    clientHost,
    sessionTimeoutMs,
    // Kafka's rule for records that did not have it.
    rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? sessionTimeoutMs : rebalanceTimeoutMs,
    protocolType,
    protocols: [{ name: protocolName, metadata }],
    assignment,
    joinRequestId: undefined,
    syncRequestId: undefined,
    isNew: false,
  }
}
