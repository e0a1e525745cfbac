/**
 * Committing, deleting and expiring the offsets of one group, and deleting the group with them: asks the rules, and
 * has the cell persist what they say (Kafka: OffsetMetadataManager).
 */
import type { Clock } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import type { ErrorName } from '#protocol/error-codes.ts'
import type { MetadataChange } from '#storage/metadata-store.ts'
import type { MemberRequest } from './classic-commands.ts'
import { isSubscribedToTopic, usesConsumerProtocol, type ClassicGroup } from './classic-group.ts'
import { checkOffsetCommit } from './classic-session.ts'
import {
  deleteOffsetChange,
  expireTimestampMs,
  offsetRow,
  type CommittedOffset,
  type OffsetToCommit,
  type PartitionResult,
  type TopicPartition,
} from './committed-offsets.ts'
import { storageFailure, type GroupCell } from './group-cell.ts'
import { expireOffsets } from './offset-expiry.ts'

export interface OffsetCommit extends MemberRequest {
  /** -1: the broker's retention applies. */
  readonly retentionTimeMs: number
  readonly offsets: readonly OffsetToCommit[]
}

export interface OffsetDeleteResult {
  /** Of the whole request; nothing was deleted then. */
  readonly error: ErrorName
  readonly partitions: readonly PartitionResult[]
}

interface CommitServices {
  readonly clock: Clock
  readonly config: { readonly offsetMetadataMaxLength: number }
  readonly topics: { topicId(topic: string): string | undefined }
}

/** The group's queue is held only until the commit is under way, so that members need not wait for each other. */
export async function commitOffsets(
  cell: GroupCell,
  commit: OffsetCommit,
  services: CommitServices,
): Promise<readonly PartitionResult[]> {
  const { results, stored } = await cell.run(() => beginCommit(cell, commit, services))
  const orphans = await stored
  if (orphans === undefined) {
    return results.map(result => (result.error === 'NONE' ? { ...result, error: storageFailure } : result))
  }
  if (orphans.length > 0) await removeOrphans(cell, orphans)
  return results
}

interface BegunCommit {
  readonly results: readonly PartitionResult[]
  /** Offsets that were stored for nothing, their topic being gone; undefined: nothing was stored. */
  readonly stored: Promise<readonly TopicPartition[] | undefined>
}

function beginCommit(cell: GroupCell, commit: OffsetCommit, services: CommitServices): BegunCommit {
  const error = checkGroup(cell, commit)
  const results = commit.offsets.map((wanted): PartitionResult => ({
    topic: wanted.topic,
    partition: wanted.partition,
    error: error === 'NONE' ? checkOffset(wanted, services) : error,
  }))
  const accepted = commit.offsets.filter((_, index) => results[index]!.error === 'NONE')
  const stored = accepted.length === 0 ? Promise.resolve([]) : storeOffsets(cell, commit, accepted, services)
  return { results, stored }
}

function checkGroup(cell: GroupCell, commit: OffsetCommit): ErrorName {
  if (cell.group === undefined) return commit.generationId < 0 ? 'NONE' : 'GROUP_ID_NOT_FOUND'
  return cell.decideNow(draft => checkOffsetCommit(draft, commit)) ?? 'NONE'
}

function checkOffset(wanted: OffsetToCommit, { config, topics }: CommitServices): ErrorName {
  if (topics.topicId(wanted.topic) !== wanted.topicId) return 'UNKNOWN_TOPIC_OR_PARTITION'
  return wanted.metadata.length > config.offsetMetadataMaxLength ? 'OFFSET_METADATA_TOO_LARGE' : 'NONE'
}

async function storeOffsets(
  cell: GroupCell,
  commit: OffsetCommit,
  accepted: readonly OffsetToCommit[],
  { clock, topics }: CommitServices,
): Promise<readonly TopicPartition[] | undefined> {
  const commitTimestampMs = clock.nowMs()
  const common = {
    commitTimestampMs,
    expireTimestampMs: expireTimestampMs(commit.retentionTimeMs, commitTimestampMs),
  }
  const toCommitted = ({ offset, leaderEpoch, metadata }: OffsetToCommit): CommittedOffset => ({
    offset,
    leaderEpoch,
    metadata,
    ...common,
  })
  const changes = accepted.map((wanted): MetadataChange => ({
    type: 'putOffset',
    offset: offsetRow(cell.groupId, wanted, toCommitted(wanted)),
  }))
  const orphans: TopicPartition[] = []
  const stored = await cell.commitOffsets(changes, () => {
    for (const wanted of accepted) {
      // A topic that was deleted meanwhile took its offsets along, and this one came too late to be among them.
      if (topics.topicId(wanted.topic) !== wanted.topicId) orphans.push(wanted)
      else cell.offsets.put(wanted.topic, wanted.partition, toCommitted(wanted))
    }
  })
  return stored ? orphans : undefined
}

/** Else they would come back to life with a topic of the same name. */
function removeOrphans(cell: GroupCell, orphans: readonly TopicPartition[]): Promise<boolean> {
  return cell.run(async () => {
    await cell.settleOffsetCommits()
    const changes = orphans
      .filter(({ topic, partition }) => !cell.offsets.has(topic, partition))
      .map(at => deleteOffsetChange(cell.groupId, at))
    return changes.length === 0 || (await cell.store(changes, () => {}))
  })
}

export function deleteOffsets(
  cell: GroupCell,
  partitions: readonly TopicPartition[],
): Promise<OffsetDeleteResult> {
  return cell.run(async () => {
    await cell.settleOffsetCommits()
    const { group } = cell
    const error = checkOffsetDelete(group)
    if (group === undefined || error !== 'NONE') return { error, partitions: [] }
    const results = partitions.map(({ topic, partition }): PartitionResult => ({
      topic,
      partition,
      error: isSubscribedToTopic(group, topic) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : 'NONE',
    }))
    const doomed = results.filter(
      result => result.error === 'NONE' && cell.offsets.has(result.topic, result.partition),
    )
    const stored = await removeOffsets(cell, doomed)
    return stored ? { error: 'NONE', partitions: results } : { error: storageFailure, partitions: [] }
  })
}

function checkOffsetDelete(group: Readonly<ClassicGroup> | undefined): ErrorName {
  if (group === undefined) return 'GROUP_ID_NOT_FOUND'
  // Only of consumers it can be known which topics they still read.
  return group.state === 'Empty' || usesConsumerProtocol(group) ? 'NONE' : 'NON_EMPTY_GROUP'
}

export function deleteGroup(cell: GroupCell): Promise<ErrorName> {
  return cell.run(async () => {
    await cell.settleOffsetCommits()
    const { group } = cell
    if (group === undefined) return 'GROUP_ID_NOT_FOUND'
    if (group.state !== 'Empty') return 'NON_EMPTY_GROUP'
    return (await dropGroup(cell)) ? 'NONE' : storageFailure
  })
}

/** One look at a group's offsets: what is over goes, and an empty group without any goes too. */
export function expireGroupOffsets(
  cell: GroupCell,
  retentionMs: number,
  clock: Clock,
  logger: Logger,
): Promise<void> {
  return cell.run(async () => {
    await cell.settleOffsetCommits()
    const { group, groupId } = cell
    if (group === undefined) return
    const { expired, isAllGone } = expireOffsets(group, cell.offsets.byTopic, retentionMs, clock.nowMs())
    if (isAllGone && group.state === 'Empty') {
      if (await dropGroup(cell)) {
        logger.info('group expired', { groupId, expiredOffsets: expired.length })
      }
    } else if (await removeOffsets(cell, expired)) {
      if (expired.length > 0) logger.info('offsets expired', { groupId, expiredOffsets: expired.length })
    }
  })
}

async function removeOffsets(cell: GroupCell, doomed: readonly TopicPartition[]): Promise<boolean> {
  if (doomed.length === 0) return true
  const changes = doomed.map(at => deleteOffsetChange(cell.groupId, at))
  return await cell.store(changes, () => {
    for (const { topic, partition } of doomed) cell.offsets.delete(topic, partition)
  })
}

function dropGroup(cell: GroupCell): Promise<boolean> {
  return cell.store([{ type: 'deleteGroup', groupId: cell.groupId }], () => cell.drop())
}
