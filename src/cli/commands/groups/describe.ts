/** `odradek groups describe`: who is in a group, what each has, and how far behind it is. */
import { Command } from 'commander'
import { KafkaError } from '#client/client-error.ts'
import type { Cluster } from '#client/cluster.ts'
import { formatAddress } from '#client/connection.ts'
import { GroupCoordinator } from '#client/coordinator.ts'
import { type DescribedGroup, describeGroup } from '#client/group-admin.ts'
import { fetchCommitted } from '#client/group-offsets.ts'
import { latest, listOffsets } from '#client/list-offsets.ts'
import { comparePartitions, keyOf, type TopicPartition } from '#client/topic-partition-map.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { print, printJson } from '../../output.ts'
import { formatFacts, formatTable } from '../../table.ts'

interface PartitionProgress extends TopicPartition {
  /** null: none is committed */
  readonly committed: number | null
  /** null: the partition is not there, or nobody leads it */
  readonly end: number | null
  readonly lag: number | null
  readonly memberId: string | null
}

interface Progress extends DescribedGroup {
  readonly totalLag: number
  readonly partitions: readonly PartitionProgress[]
}

export function describeCommand(): Command {
  const command = new Command('describe')
    .description('Describe groups: members, what they have, committed offsets and lag.')
    .argument('<group...>', 'groups to describe')
  return withClusterOptions(command).action((groups: string[], options: ClusterCommandOptions) =>
    withCluster(options, cluster => describe(cluster, groups, options)),
  )
}

async function describe(
  cluster: Cluster,
  groups: readonly string[],
  options: ClusterCommandOptions,
): Promise<void> {
  const described: Progress[] = []
  for (const groupId of groups) described.push(await progressOf(cluster, groupId))
  if (options.json) return printJson(described)
  await print(described.map(asText).join('\n'))
}

async function progressOf(cluster: Cluster, groupId: string): Promise<Progress> {
  const group = await describeGroup(cluster, groupId)
  const committed = await fetchCommitted(new GroupCoordinator(cluster, groupId))
  const owners = new Map(
    group.members.flatMap(({ memberId, partitions }) =>
      partitions.map(at => [keyOf(at), { ...at, memberId }]),
    ),
  )
  const all = new Map<string, TopicPartition>([...committed, ...owners])
  const ends = await endsOf(cluster, [...all.values()])
  const partitions = [...all]
    .map(([key, { topic, partition }]): PartitionProgress => {
      const offset = committed.get(key)?.offset ?? null
      const end = ends.get(key) ?? null
      const lag = offset === null || end === null ? null : Math.max(end - offset, 0)
      return { topic, partition, committed: offset, end, lag, memberId: owners.get(key)?.memberId ?? null }
    })
    .sort(comparePartitions)
  const totalLag = partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0)
  return { ...group, totalLag, partitions }
}

/** Topics may have been deleted since, and partitions may have no leader: these are left out. */
async function endsOf(cluster: Cluster, partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
  const names = [...new Set(partitions.map(({ topic }) => topic))]
  const { topics } = await cluster.info(names)
  const led = new Set(
    topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ leaderId }) => leaderId >= 0)
        .map(({ partition }) => keyOf({ topic: name, partition })),
    ),
  )
  const asked = partitions.filter(at => led.has(keyOf(at)))
  try {
    return await listOffsets(
      cluster,
      asked.map(({ topic, partition }) => ({ topic, partition, timestamp: latest })),
    )
  } catch (error) {
    // Deleted just now: the rest of the description is worth having.
    if (error instanceof KafkaError && error.errorName === 'UNKNOWN_TOPIC_OR_PARTITION') return new Map()
    throw error
  }
}

function asText({
  groupId,
  state,
  type,
  assignor,
  coordinator,
  members,
  totalLag,
  partitions,
}: Progress): string {
  const facts = formatFacts([
    ['GROUP', groupId],
    ['STATE', state],
    ['TYPE', assignor === '' ? type : `${type} (${assignor})`],
    ['COORDINATOR', `${coordinator.id} (${formatAddress(coordinator)})`],
    ['MEMBERS', String(members.length)],
    ['LAG', String(totalLag)],
  ])
  const byId = new Map(members.map(member => [member.memberId, member]))
  const rows = partitions.map(({ topic, partition, committed, end, lag, memberId }) => {
    const member = memberId === null ? undefined : byId.get(memberId)
    const numbers = [partition, committed ?? '-', end ?? '-', lag ?? '-'].map(String)
    return [topic, ...numbers, member?.memberId ?? '-', member?.clientId ?? '-', member?.host ?? '-']
  })
  for (const { memberId, clientId, host, partitions } of members) {
    if (partitions.length === 0) rows.push(['-', '-', '-', '-', '-', memberId, clientId, host])
  }
  if (rows.length === 0) return facts
  const columns = [
    { title: 'TOPIC' },
    { title: 'PARTITION', align: 'right' },
    { title: 'COMMITTED', align: 'right' },
    { title: 'END', align: 'right' },
    { title: 'LAG', align: 'right' },
    { title: 'MEMBER' },
    { title: 'CLIENT' },
    { title: 'HOST' },
  ] as const
  return `${facts}\n${formatTable(columns, rows)}`
}
