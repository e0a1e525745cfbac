/**
 * The consumer groups of this broker, as the API reaches them: finds a group's cell, checks what holds for all groups
 * and leaves the rest to the rules. Plain arguments and results; protocol versions and wire types stay outside.
 */
import type { Clock, Timer } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import type { Random } from '#base/random.ts'
import type { ErrorName } from '#protocol/error-codes.ts'
import { ProtocolError } from '#protocol/protocol-error.ts'
import type { MetadataRows, MetadataStore, OffsetRow } from '#storage/metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import {
  joinError,
  syncError,
  type JoinCommand,
  type JoinResult,
  type LeaveResult,
  type LeavingMember,
  type MemberRequest,
  type SyncCommand,
  type SyncResult,
} from './classic-commands.ts'
import { newClassicGroup } from './classic-group.ts'
import { leaveGroup } from './classic-leave.ts'
import { heartbeat } from './classic-session.ts'
import {
  deleteOffsetChange,
  noOffsets,
  type OffsetsByTopic,
  type PartitionResult,
  type TopicPartition,
} from './committed-offsets.ts'
import { GroupCell, type CellServices } from './group-cell.ts'
import { describeGroup, listGroup, type DescribedGroup, type ListedGroup } from './group-listing.ts'
import { decodeClassicGroup } from './group-record.ts'
import { randomMemberIdSuffix } from './member-id.ts'
import {
  commitOffsets,
  deleteGroup,
  deleteOffsets,
  expireGroupOffsets,
  type OffsetCommit,
  type OffsetDeleteResult,
} from './offset-commands.ts'
import { WaitingRequests } from './waiting-requests.ts'

/** What the coordinator needs of the broker's config; Kafka's key beside each. */
export interface GroupCoordinatorConfig {
  /** group.min.session.timeout.ms */
  readonly minSessionTimeoutMs: number
  /** group.max.session.timeout.ms */
  readonly maxSessionTimeoutMs: number
  /** group.max.size */
  readonly maxSize: number
  /** group.initial.rebalance.delay.ms */
  readonly initialRebalanceDelayMs: number
  /** offset.metadata.max.bytes: UTF-16 units, whatever the name says, as in Kafka */
  readonly offsetMetadataMaxLength: number
  /** offsets.retention.minutes, in milliseconds */
  readonly offsetsRetentionMs: number
  /** offsets.retention.check.interval.ms */
  readonly offsetsRetentionCheckIntervalMs: number
}

/** What exists at this moment, not at the moment a request came. */
export interface TopicLookup {
  topicId(topic: string): string | undefined
}

export interface GroupCoordinatorOptions {
  readonly store: MetadataStore
  /** What the store held at start. */
  readonly rows: Pick<MetadataRows, 'groups' | 'offsets'>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly config: GroupCoordinatorConfig
  readonly topics: TopicLookup
}

export type JoinRequest = Omit<JoinCommand, 'type' | 'requestId' | 'memberIdSuffix'> & {
  readonly groupId: string
}
export type SyncRequest = Omit<SyncCommand, 'type' | 'requestId'> & { readonly groupId: string }

/** Groups whose offsets are looked through before other work gets its turn. */
const expirySliceGroups = 200

export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions
  readonly #cells = new Map<string, GroupCell>()
  readonly #waiting = new WaitingRequests()
  readonly #cellServices: CellServices
  #expiryTimer: Timer | undefined
  #isClosed = false

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options
    const { store, clock, logger, config } = options
    this.#cellServices = {
      store,
      clock,
      logger,
      rules: config,
      waiting: this.#waiting,
      onIdle: cell => {
        if (this.#cells.get(cell.groupId) === cell) this.#cells.delete(cell.groupId)
      },
    }
    this.#restore()
    this.#scheduleExpiry()
  }

  /** Waits for the next generation. Once `signal` is aborted it waits no longer; the member stays what it is. */
  async joinGroup(request: JoinRequest, signal: AbortSignal): Promise<JoinResult> {
    const { groupId, ...command } = request
    const { config, random } = this.#options
    const { memberId, sessionTimeoutMs } = command
    if (this.#isClosed) return joinError('COORDINATOR_NOT_AVAILABLE', memberId)
    if (groupId === '') return joinError('INVALID_GROUP_ID', memberId)
    if (sessionTimeoutMs < config.minSessionTimeoutMs || sessionTimeoutMs > config.maxSessionTimeoutMs) {
      return joinError('INVALID_SESSION_TIMEOUT', memberId)
    }
    const cell = memberId === '' ? this.#cellFor(groupId) : this.#cells.get(groupId)
    if (cell === undefined) return joinError('UNKNOWN_MEMBER_ID', memberId)
    const { requestId, result } = this.#waiting.openJoin(signal)
    await cell.join({ ...command, type: 'join', requestId, memberIdSuffix: randomMemberIdSuffix(random) })
    return await result
  }

  /** Waits for the leader's assignment. Once `signal` is aborted it waits no longer; the member stays what it is. */
  async syncGroup(request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
    const { groupId, ...command } = request
    if (this.#isClosed) return syncError('COORDINATOR_NOT_AVAILABLE')
    if (groupId === '') return syncError('INVALID_GROUP_ID')
    const cell = this.#cells.get(groupId)
    if (cell === undefined) return syncError('UNKNOWN_MEMBER_ID')
    const { requestId, result } = this.#waiting.openSync(signal)
    await cell.sync({ ...command, type: 'sync', requestId })
    return await result
  }

  async heartbeat(groupId: string, request: MemberRequest): Promise<ErrorName> {
    if (this.#isClosed) return 'COORDINATOR_NOT_AVAILABLE'
    if (groupId === '') return 'INVALID_GROUP_ID'
    const cell = this.#cells.get(groupId)
    if (cell === undefined) return 'UNKNOWN_MEMBER_ID'
    return await cell.ask<ErrorName>(
      draft => heartbeat(draft, request),
      error => error,
    )
  }

  /** With an error of the whole request no member has left. */
  async leaveGroup(groupId: string, leaving: readonly LeavingMember[]): Promise<LeaveResult> {
    if (this.#isClosed) return { error: 'COORDINATOR_NOT_AVAILABLE', members: [] }
    if (groupId === '') return { error: 'INVALID_GROUP_ID', members: [] }
    const unknown: LeaveResult = {
      error: 'NONE',
      members: leaving.map(({ memberId, groupInstanceId }) => ({
        memberId,
        groupInstanceId,
        error: 'UNKNOWN_MEMBER_ID',
      })),
    }
    const cell = this.#cells.get(groupId)
    if (cell === undefined) return unknown
    return await cell.ask<LeaveResult>(
      draft => leaveGroup(draft, leaving),
      error => (error === 'UNKNOWN_MEMBER_ID' ? unknown : { error, members: [] }),
    )
  }

  /** A commit without a generation to a group that does not exist makes a simple group of it. */
  async commitOffsets(groupId: string, commit: OffsetCommit): Promise<readonly PartitionResult[]> {
    const fail = (error: ErrorName): PartitionResult[] =>
      commit.offsets.map(({ topic, partition }) => ({ topic, partition, error }))
    if (this.#isClosed) return fail('COORDINATOR_NOT_AVAILABLE')
    const mayCreate = commit.generationId < 0
    const cell = mayCreate ? this.#cellFor(groupId) : this.#cells.get(groupId)
    if (cell === undefined) return fail('GROUP_ID_NOT_FOUND')
    return await commitOffsets(cell, commit, this.#options)
  }

  /**
   * The committed offsets of a group, none where there is no such group. To be read before the next await.
   * @param requireStable waits for commits that are under way
   */
  async fetchOffsets(groupId: string, requireStable: boolean): Promise<OffsetsByTopic> {
    const cell = this.#cells.get(groupId)
    if (cell === undefined) return noOffsets
    if (requireStable) await cell.run(() => cell.settleOffsetCommits())
    return cell.offsets.byTopic
  }

  async deleteOffsets(groupId: string, partitions: readonly TopicPartition[]): Promise<OffsetDeleteResult> {
    if (this.#isClosed) return { error: 'COORDINATOR_NOT_AVAILABLE', partitions: [] }
    if (groupId === '') return { error: 'INVALID_GROUP_ID', partitions: [] }
    const cell = this.#cells.get(groupId)
    if (cell === undefined) return { error: 'GROUP_ID_NOT_FOUND', partitions: [] }
    return await deleteOffsets(cell, partitions)
  }

  async deleteGroup(groupId: string): Promise<ErrorName> {
    if (this.#isClosed) return 'COORDINATOR_NOT_AVAILABLE'
    const cell = this.#cells.get(groupId)
    if (cell === undefined) return 'GROUP_ID_NOT_FOUND'
    return await deleteGroup(cell)
  }

  /** undefined: there is no such group. */
  describeGroup(groupId: string): DescribedGroup | undefined {
    const group = this.#cells.get(groupId)?.group
    return group === undefined ? undefined : describeGroup(group)
  }

  listGroups(): ListedGroup[] {
    const listed: ListedGroup[] = []
    for (const { group } of this.#cells.values()) if (group !== undefined) listed.push(listGroup(group))
    return listed
  }

  /** The store has dropped their offsets together with the topics. */
  onTopicsDeleted(topics: readonly string[]): void {
    for (const cell of this.#cells.values()) {
      const dropped = topics.filter(topic => cell.offsets.deleteTopic(topic))
      if (dropped.length === 0) continue
      this.#options.logger.info('offsets dropped with their topics', {
        groupId: cell.groupId,
        topics: dropped,
      })
    }
  }

  /** Answers all who wait, and resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#expiryTimer?.cancel()
    const closing = [...this.#cells.values()].map(cell => cell.close())
    this.#waiting.letAllGo()
    await Promise.all(closing)
  }

  /** Figures for tests and metrics. */
  get counts(): { readonly groups: number; readonly waiting: number; readonly timers: number } {
    let timers = 0
    for (const cell of this.#cells.values()) timers += cell.timerCount
    return { groups: this.#cells.size, waiting: this.#waiting.size, timers }
  }

  #cellFor(groupId: string): GroupCell {
    let cell = this.#cells.get(groupId)
    if (cell === undefined) {
      cell = new GroupCell(groupId, this.#cellServices)
      this.#cells.set(groupId, cell)
    }
    return cell
  }

  #restore(): void {
    const { rows, logger, clock, topics } = this.#options
    let memberCount = 0
    for (const row of rows.groups) {
      if (row.kind !== 'classic') {
        logger.warn('group is of a kind that this version does not run; left as it is', {
          groupId: row.groupId,
          kind: row.kind,
        })
        continue
      }
      const group = decodeRow(row.groupId, row.value)
      this.#cellFor(row.groupId).restore(group)
      memberCount += group.members.size
    }
    const orphans: OffsetRow[] = []
    for (const row of rows.offsets) {
      const { groupId, topic, partition, ...committed } = row
      if (topics.topicId(topic) === undefined) {
        orphans.push(row)
        continue
      }
      const cell = this.#cellFor(groupId)
      if (cell.group === undefined) cell.restore(newClassicGroup(groupId, clock.nowMs()))
      cell.offsets.put(topic, partition, committed)
    }
    if (this.#cells.size > 0) logger.info('groups restored', { groups: this.#cells.size, memberCount })
    if (orphans.length > 0) void this.#removeOrphans(orphans)
  }

  /** Offsets of a topic that was deleted while a commit for it was under way, just before a crash. */
  async #removeOrphans(orphans: readonly OffsetRow[]): Promise<void> {
    const { store, logger } = this.#options
    try {
      await store.commit(orphans.map(row => deleteOffsetChange(row.groupId, row)))
      logger.warn('offsets of topics that do not exist were removed', { count: orphans.length })
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      logger.error('offsets of topics that do not exist could not be removed', { error: error.message })
    }
  }

  #scheduleExpiry(): void {
    const { clock, config } = this.#options
    this.#expiryTimer = clock.after(config.offsetsRetentionCheckIntervalMs, () => {
      void this.#expireOffsets()
    })
  }

  async #expireOffsets(): Promise<void> {
    const { clock, config, logger } = this.#options
    const cells = [...this.#cells.values()]
    for (let from = 0; from < cells.length && !this.#isClosed; from += expirySliceGroups) {
      if (from > 0) await clock.sleep(0)
      const slice = cells.slice(from, from + expirySliceGroups)
      await Promise.all(slice.map(cell => expireGroupOffsets(cell, config.offsetsRetentionMs, clock, logger)))
    }
    if (!this.#isClosed) this.#scheduleExpiry()
  }
}

function decodeRow(groupId: string, value: Uint8Array): ReturnType<typeof decodeClassicGroup> {
  try {
    return decodeClassicGroup(groupId, value)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new StorageError(`the stored state of group ${groupId} cannot be read`, error)
  }
}
