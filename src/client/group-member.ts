/**
 * Membership of a classic consumer group: join, sync, heartbeats, leave; as leader, the assignment. Knows nothing of
 * records. The protocol is that of Kafka's ConsumerCoordinator with the eager range assignor, so members of other
 * clients with that assignor can be in the same group.
 */
import type { Timer } from '#base/clock.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '#protocol/consumer-protocol.ts'
import { heartbeat } from '#protocol/messages/heartbeat.ts'
import { joinGroup, type JoinGroupResponse } from '#protocol/messages/join-group.ts'
import { leaveGroup } from '#protocol/messages/leave-group.ts'
import { syncGroup } from '#protocol/messages/sync-group.ts'
import { errorOf, isRetriable, KafkaError, throwOnError } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import { requestTimeoutMs } from './connection.ts'
import { GroupCoordinator } from './coordinator.ts'
import type { Committer } from './group-offsets.ts'
import { assignRanges } from './range-assignor.ts'
import type { TopicPartition } from './topic-partition-map.ts'

const protocolType = 'consumer'
const protocolName = 'range'
/** One member a request, up to this version. */
const newestLeaveGroup = 2
/** All clients read version 0 of the blobs, and nothing in later ones is used here. */
const blobVersion = 0

export interface MemberOptions {
  readonly groupId: string
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** How long the others may take to give back what they have, and this member too. */
  readonly rebalanceTimeoutMs: number
}

export class GroupMember {
  readonly coordinator: GroupCoordinator
  readonly #cluster: Cluster
  readonly #options: MemberOptions
  #topics: readonly string[] = []
  #memberId = ''
  #generationId = -1
  #heartbeatTimer: Timer | undefined
  #mustJoin = true
  #hasLeft = false
  #failure: unknown

  constructor(cluster: Cluster, options: MemberOptions) {
    this.#cluster = cluster
    this.#options = options
    this.coordinator = new GroupCoordinator(cluster, options.groupId, cluster.newLane())
  }

  /**
   * Whether the group has a new generation for this member, or has lost it.
   * @throws what ends the membership for good
   */
  get mustJoin(): boolean {
    if (this.#failure !== undefined) throw this.#failure
    return this.#mustJoin
  }

  get committer(): Committer {
    return { memberId: this.#memberId, generationId: this.#generationId, groupInstanceId: null }
  }

  /** Wants these topics from the next `join` on. */
  subscribe(topics: readonly string[]): void {
    this.#topics = topics
  }

  /** Joins anew, although the group does not ask for it: what there is to share out has changed. */
  requestRejoin(): void {
    this.#mustJoin = true
  }

  /**
   * Becomes a member of the next generation; waits for the other members.
   * @returns what is this member's now
   */
  async join(): Promise<readonly TopicPartition[]> {
    this.#stopHeartbeats()
    for (;;) {
      try {
        const assignment = await this.coordinator.retrying(() => this.#joinOnce())
        if (this.#hasLeft) return []
        this.#mustJoin = false
        this.#scheduleHeartbeat()
        return assignment
      } catch (error) {
        if (this.#hasLeft || !this.#noteRefusal(error)) throw error
      }
    }
  }

  /**
   * Leaves for good, also while a join waits, so that the others need not wait for the session time-out. Failures do
   * not matter, because that time-out helps.
   */
  async leave(): Promise<void> {
    this.#hasLeft = true
    this.#stopHeartbeats()
    if (this.#memberId === '') return
    try {
      const coordinator = new GroupCoordinator(this.#cluster, this.#options.groupId)
      const request = { groupId: this.#options.groupId, memberId: this.#memberId }
      await coordinator.call(leaveGroup, request, { maxVersion: newestLeaveGroup, timeoutMs: 5000 })
    } catch (error) {
      this.#cluster.logger.debug('could not leave the group', { error: String(error) })
    }
    this.#memberId = ''
    this.#generationId = -1
  }

  /** @returns whether `error` only means that this member has to join again; notes it */
  #noteRefusal(error: unknown): boolean {
    if (!(error instanceof KafkaError)) return false
    switch (error.errorName) {
      case 'UNKNOWN_MEMBER_ID':
      case 'ILLEGAL_GENERATION':
        this.#memberId = error.errorName === 'UNKNOWN_MEMBER_ID' ? '' : this.#memberId
        this.#generationId = -1
        this.#mustJoin = true
        return true
      case 'REBALANCE_IN_PROGRESS':
        this.#mustJoin = true
        return true
      default:
        return false
    }
  }

  async #joinOnce(): Promise<readonly TopicPartition[]> {
    const joined = await this.#requestJoin()
    this.#memberId = joined.memberId
    this.#generationId = joined.generationId
    const isLeader = joined.leader === joined.memberId && !joined.skipAssignment
    const response = await this.coordinator.call(
      syncGroup,
      {
        groupId: this.#options.groupId,
        generationId: this.#generationId,
        memberId: this.#memberId,
        protocolType,
        protocolName: joined.protocolName,
        assignments: isLeader ? await this.#assign(joined.members) : [],
      },
      { timeoutMs: requestTimeoutMs + this.#options.rebalanceTimeoutMs },
    )
    throwOnError(response.errorCode, this.#subject)
    return response.assignment.length === 0 ? [] : decodeAssignment(response.assignment).partitions
  }

  async #requestJoin(): Promise<JoinGroupResponse> {
    const subscription = {
      topics: this.#topics,
      userData: null,
      ownedPartitions: [],
      generationId: -1,
      rackId: null,
    }
    const metadata = encodeSubscription(subscription, blobVersion)
    const response = await this.coordinator.call(
      joinGroup,
      {
        groupId: this.#options.groupId,
        sessionTimeoutMs: this.#options.sessionTimeoutMs,
        rebalanceTimeoutMs: this.#options.rebalanceTimeoutMs,
        memberId: this.#memberId,
        protocolType,
        protocols: [{ name: protocolName, metadata }],
      },
      { timeoutMs: requestTimeoutMs + this.#options.rebalanceTimeoutMs },
    )
    const error = errorOf(response.errorCode, this.#subject)
    if (error?.errorName === 'MEMBER_ID_REQUIRED') {
      this.#memberId = response.memberId
      return this.#requestJoin()
    }
    if (error !== undefined) throw error
    return response
  }

  async #assign(members: JoinGroupResponse['members']): Promise<{ memberId: string; assignment: Buffer }[]> {
    const subscribers = members.map(({ memberId, groupInstanceId, metadata }) => {
      const { topics } = decodeSubscription(metadata)
      return { memberId, groupInstanceId, topics }
    })
    const names = [...new Set(subscribers.flatMap(({ topics }) => topics))]
    const { topics } = await this.#cluster.describe(names)
    const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
    return [...assignRanges(subscribers, counts)].map(([memberId, partitions]) => ({
      memberId,
      assignment: encodeAssignment({ partitions, userData: null }, blobVersion),
    }))
  }

  get #subject(): string {
    return `group '${this.#options.groupId}'`
  }

  #stopHeartbeats(): void {
    this.#heartbeatTimer?.cancel()
    this.#heartbeatTimer = undefined
  }

  #scheduleHeartbeat(): void {
    const timer = this.#cluster.clock.after(this.#options.heartbeatIntervalMs, () => {
      void this.#heartbeat().finally(() => {
        // Unless it was stopped, or a join began another series.
        if (this.#heartbeatTimer === timer) this.#scheduleHeartbeat()
      })
    })
    this.#heartbeatTimer = timer
  }

  /** Never rejects. */
  async #heartbeat(): Promise<void> {
    const generationId = this.#generationId
    try {
      const request = { groupId: this.#options.groupId, generationId, memberId: this.#memberId }
      const response = await this.coordinator.call(heartbeat, request)
      if (this.#generationId === generationId) throwOnError(response.errorCode, this.#subject)
    } catch (error) {
      this.coordinator.noteFailure(error)
      if (!this.#noteRefusal(error) && !isRetriable(error)) this.#failure = error
    }
  }
}
