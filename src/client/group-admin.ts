/**
 * Groups from outside: which there are, who is in them and what they have, and their deletion.
 */
import { decodeAssignment } from '#protocol/consumer-protocol.ts'
import { consumerGroupDescribe } from '#protocol/messages/consumer-group-describe.ts'
import { deleteGroups } from '#protocol/messages/delete-groups.ts'
import { describeGroups } from '#protocol/messages/describe-groups.ts'
import { listGroups as listGroupsApi } from '#protocol/messages/list-groups.ts'
import { errorOf, KafkaError, throwOnError } from './client-error.ts'
import type { BrokerNode, Cluster } from './cluster.ts'
import { GroupCoordinator } from './coordinator.ts'
import type { TopicPartition } from './topic-partition-map.ts'

export interface ListedGroup {
  readonly groupId: string
  /** '' where the broker is too old to say. */
  readonly type: string
  readonly protocolType: string
  /** '' where the broker is too old to say. */
  readonly state: string
}

/** The groups of all brokers, by id. @throws KafkaError, ConnectionError */
export async function listGroups(cluster: Cluster): Promise<ListedGroup[]> {
  const { brokers } = await cluster.info([])
  const lists = await Promise.all(
    brokers.map(({ id }) =>
      cluster.retrying(async () => {
        const response = await cluster.call({ nodeId: id }, listGroupsApi, {})
        throwOnError(response.errorCode, `groups of broker ${id}`)
        return response.groups
      }),
    ),
  )
  const groups = lists.flat().map(({ groupId, protocolType, groupState, groupType }) => ({
    groupId,
    type: groupType,
    protocolType,
    state: groupState,
  }))
  return groups.sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
}

export interface DescribedMember {
  readonly memberId: string
  readonly instanceId: string | undefined
  readonly clientId: string
  readonly host: string
  readonly partitions: readonly TopicPartition[]
}

export interface DescribedGroup {
  readonly groupId: string
  readonly type: 'classic' | 'consumer'
  readonly state: string
  readonly assignor: string
  readonly coordinator: BrokerNode
  readonly members: readonly DescribedMember[]
}

/** @throws KafkaError GROUP_ID_NOT_FOUND */
export async function describeGroup(cluster: Cluster, groupId: string): Promise<DescribedGroup> {
  const coordinator = new GroupCoordinator(cluster, groupId)
  const classic = await coordinator.retrying(() => describeClassic(coordinator))
  const group = classic ?? (await coordinator.retrying(() => describeConsumer(coordinator)))
  if (group === undefined) throw new KafkaError('GROUP_ID_NOT_FOUND', `group '${groupId}'`)
  return { ...group, coordinator: await coordinator.node() }
}

/** Brokers say Dead, or GROUP_ID_NOT_FOUND, of a group that does not exist or is not of this type. */
async function describeClassic(
  coordinator: GroupCoordinator,
): Promise<Omit<DescribedGroup, 'coordinator'> | undefined> {
  const response = await coordinator.call(describeGroups, { groups: [coordinator.groupId] })
  const [group] = response.groups
  if (group === undefined) return undefined
  const error = errorOf(group.errorCode, `group '${coordinator.groupId}'`, group.errorMessage)
  if (error !== undefined && error.errorName !== 'GROUP_ID_NOT_FOUND') throw error
  if (error !== undefined || group.groupState === 'Dead') return undefined
  return {
    groupId: group.groupId,
    type: 'classic',
    state: group.groupState,
    assignor: group.protocolData,
    members: group.members.map(member => ({
      memberId: member.memberId,
      instanceId: member.groupInstanceId ?? undefined,
      clientId: member.clientId,
      host: hostOf(member.clientHost),
      partitions: partitionsOf(group.protocolType, member.memberAssignment),
    })),
  }
}

/** Groups of another protocol type (Kafka Connect's workers) have blobs of their own. */
function partitionsOf(protocolType: string, assignment: Buffer): readonly TopicPartition[] {
  if (protocolType !== 'consumer' || assignment.length === 0) return []
  return decodeAssignment(assignment).partitions
}

/** Groups of the newer protocol (KIP-848). */
async function describeConsumer(
  coordinator: GroupCoordinator,
): Promise<Omit<DescribedGroup, 'coordinator'> | undefined> {
  try {
    const response = await coordinator.call(consumerGroupDescribe, { groupIds: [coordinator.groupId] })
    const [group] = response.groups
    if (group === undefined) return undefined
    throwOnError(group.errorCode, `group '${coordinator.groupId}'`, group.errorMessage)
    return {
      groupId: group.groupId,
      type: 'consumer',
      state: group.groupState,
      assignor: group.assignorName,
      members: group.members.map(member => ({
        memberId: member.memberId,
        instanceId: member.instanceId ?? undefined,
        clientId: member.clientId,
        host: hostOf(member.clientHost),
        partitions: member.assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
          partitions.map(partition => ({ topic: topicName, partition })),
        ),
      })),
    }
  } catch (error) {
    const means = error instanceof KafkaError ? error.errorName : undefined
    if (means === 'UNSUPPORTED_VERSION' || means === 'GROUP_ID_NOT_FOUND') return undefined
    throw error
  }
}

/** Java prints an address without a name as /127.0.0.1. */
function hostOf(clientHost: string): string {
  return clientHost.replace(/^\//, '')
}

/** @throws KafkaError NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND */
export async function deleteGroup(cluster: Cluster, groupId: string): Promise<void> {
  const coordinator = new GroupCoordinator(cluster, groupId)
  await coordinator.retrying(async () => {
    const { results } = await coordinator.call(deleteGroups, { groupsNames: [groupId] })
    throwOnError(results[0]?.errorCode ?? 0, `group '${groupId}'`)
  })
}
