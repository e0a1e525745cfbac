// Groups whose offsets MirrorMaker is to carry over: committed at one end, looked for at the other.

import type { Cluster } from '#client/cluster.ts'
import { GroupCoordinator } from '#client/coordinator.ts'
import { commitOffsets, fetchCommitted } from '#client/group-offsets.ts'
import { offsetRanges } from '#client/list-offsets.ts'
import { keyOf } from '#client/topic-partition-map.ts'
import type { TopicPartition } from '#client/topic-partition-map.ts'
import { deleteRecords } from '#protocol/messages/delete-records.ts'
import { eventually, fail, isTrue } from '../fault/checks.ts'
import { nameAt } from './mirror-maker.ts'
import type { Mirroring } from './mirror-maker.ts'

const SYNC_LIMIT_MS = 60_000

/** Two groups: one that has read everything, one that stands in the middle. */
export interface CommittedGroups {
  readonly done: string
  readonly halfway: string
  readonly places: readonly TopicPartition[]
}

/** Commits for every partition of the topics. */
export async function commitPlaces(
  cluster: Cluster,
  prefix: string,
  topics: readonly string[],
): Promise<CommittedGroups> {
  const places = await placesOf(cluster, topics)
  const ranges = await offsetRanges(cluster, places)
  const done = `${prefix}done`
  const halfway = `${prefix}halfway`
  const commit = async (groupId: string, of: (range: { start: number; end: number }) => number) => {
    const coordinator = new GroupCoordinator(cluster, groupId)
    const offsets = places.map(at => ({ ...at, offset: of(ranges.get(keyOf(at))!) }))
    await coordinator.retrying(() => commitOffsets(coordinator, offsets))
  }
  await commit(done, ({ end }) => end)
  await commit(halfway, ({ start, end }) => Math.floor((start + end) / 2))
  return { done, halfway, places }
}

async function placesOf(cluster: Cluster, topics: readonly string[]): Promise<TopicPartition[]> {
  const infos = await Promise.all(topics.map(name => cluster.topic(name, { fresh: true })))
  return infos.flatMap(({ name, partitions }) =>
    partitions.map(({ partition }) => ({ topic: name, partition })),
  )
}

/** Deletes records at the start of each partition of a topic. */
export async function removeFirst(cluster: Cluster, topic: string, count: number): Promise<void> {
  for (const { partition, leaderId } of (await cluster.topic(topic)).partitions) {
    const response = await cluster.call({ nodeId: leaderId }, deleteRecords, {
      topics: [{ name: topic, partitions: [{ partitionIndex: partition, offset: count }] }],
      timeoutMs: 30_000,
    })
    const code = response.topics[0]?.partitions[0]?.errorCode
    isTrue(code === 0, `DeleteRecords of ${topic}[${partition}]: error ${code}`)
  }
}

/**
 * The group that had read all has read all at the other end as well; the other one goes on at its place or somewhat
 * before it, as MirrorMaker knows pairs of offsets for some records only.
 */
export async function translatedOffsets(
  from: Cluster,
  to: Cluster,
  { done, halfway, places }: CommittedGroups,
  mirroring: Mirroring,
): Promise<string> {
  const [before, after] = await Promise.all([
    offsetRanges(from, places),
    offsetRanges(
      to,
      places.map(at => ({ ...at, topic: nameAt(mirroring, at.topic) })),
    ),
  ])
  /** How many records at the other end a group has still to read, by partition here. */
  const remaining = async (cluster: Cluster, group: string, here: boolean): Promise<Map<string, number>> => {
    const committed = await fetchCommitted(new GroupCoordinator(cluster, group))
    return new Map(
      places.flatMap(at => {
        const key = keyOf(here ? at : { ...at, topic: nameAt(mirroring, at.topic) })
        const offset = committed.get(key)?.offset
        const range = (here ? before : after).get(key)!
        return offset === undefined ? [] : [[keyOf(at), range.end - offset] as const]
      }),
    )
  }
  await eventually(`${done} has nothing to read`, SYNC_LIMIT_MS, async () => {
    const found = await remaining(to, done, false)
    return found.size === places.length && [...found.values()].every(each => each === 0)
  })
  const wanted = await remaining(from, halfway, true)
  const found = await remaining(to, halfway, false)
  let again = 0
  for (const at of places) {
    const key = keyOf(at)
    const left = found.get(key) ?? fail(`${halfway} has no offset for ${key}`)
    const more = left - wanted.get(key)!
    isTrue(more >= 0, `${halfway} would miss ${-more} records of ${key}`)
    again += more
  }
  const sum = [...wanted.values()].reduce((total, each) => total + each, 0)
  return `${places.length} partitions; halfway: ${sum} records to read, and ${again} again`
}
