/** `odradek groups reset-offsets`: moves the offsets of a group that has no members now. */
import { Command, Option } from 'commander'
import { SystemClock } from '#base/clock.ts'
import { KafkaError } from '#client/client-error.ts'
import type { Cluster } from '#client/cluster.ts'
import { GroupCoordinator } from '#client/coordinator.ts'
import { describeGroup } from '#client/group-admin.ts'
import { commitOffsets, fetchCommitted } from '#client/group-offsets.ts'
import {
  comparePartitions,
  formatPartition,
  keyOf,
  type TopicPartition,
} from '#client/topic-partition-map.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { UsageError } from '../../failure.ts'
import { offsetSpecHelp, parseOffsetSpec } from '../../offset-spec.ts'
import { listed, partitionNumbers } from '../../option-parsers.ts'
import { print, printJson, say } from '../../output.ts'
import { resolveOffsets } from '../../resolve-offsets.ts'
import { formatTable } from '../../table.ts'

interface ResetOptions extends ClusterCommandOptions {
  readonly to: string
  readonly topic?: readonly string[]
  readonly execute?: true
}

export function resetOffsetsCommand(): Command {
  const command = new Command('reset-offsets')
    .description(
      'Move the offsets of a group without members. Shows what would change, until --execute is given.',
    )
    .argument('<group>')
    .requiredOption('--to <offset>', `new place: ${offsetSpecHelp}`)
    .option('-t, --topic <topic[:n,..]>', 'these topics or partitions only; can be repeated', listed)
    .addOption(new Option('--dry-run', 'only show what would change (the default)').conflicts('execute'))
    .option('--execute', 'change it')
    .addHelpText(
      'after',
      '\nTimes: @MILLISECONDS, @2026-03-04, @2026-03-04T05:06:07Z, @-1h (ms, s, m, h, d ago).',
    )
  return withClusterOptions(command).action((groupId: string, options: ResetOptions) =>
    withCluster(options, cluster => reset(cluster, groupId, options)),
  )
}

async function reset(cluster: Cluster, groupId: string, options: ResetOptions): Promise<void> {
  const spec = parseOffsetSpec(options.to, new SystemClock().nowMs())
  const coordinator = new GroupCoordinator(cluster, groupId)
  await refuseIfInUse(cluster, groupId)
  const committed = await fetchCommitted(coordinator)
  const partitions =
    options.topic === undefined
      ? [...committed.values()].map(({ topic, partition }) => ({ topic, partition }))
      : await partitionsOf(cluster, options.topic)
  if (partitions.length === 0) {
    throw new UsageError(`group '${groupId}' has committed nothing; -t TOPIC says which topics are meant`)
  }
  const positions = await resolveOffsets(cluster, partitions.sort(comparePartitions), spec, 0, say)
  const changes = positions.map(({ topic, partition, offset }) => ({
    topic,
    partition,
    from: committed.get(keyOf({ topic, partition }))?.offset ?? null,
    to: offset,
  }))
  if (options.execute) await coordinator.retrying(() => commitOffsets(coordinator, positions))
  if (options.json) await printJson({ groupId, executed: options.execute === true, partitions: changes })
  else await print(asText(changes))
  if (!options.execute) say('nothing has been changed; --execute does it')
}

/** The broker refuses as well, but with UNKNOWN_MEMBER_ID, which nobody understands. */
async function refuseIfInUse(cluster: Cluster, groupId: string): Promise<void> {
  try {
    const { members } = await describeGroup(cluster, groupId)
    if (members.length > 0) {
      const count = members.length === 1 ? 'one member' : `${members.length} members`
      throw new KafkaError('NON_EMPTY_GROUP', `group '${groupId}'`, `it has ${count}`)
    }
  } catch (error) {
    // A group may be made by giving it offsets.
    if (!(error instanceof KafkaError) || error.errorName !== 'GROUP_ID_NOT_FOUND') throw error
  }
}

async function partitionsOf(cluster: Cluster, texts: readonly string[]): Promise<TopicPartition[]> {
  const chosen = new Map<string, TopicPartition>()
  for (const text of texts) {
    // No legal topic name has a colon.
    const [name = '', numbers] = text.split(':')
    const { partitions } = await cluster.topic(name)
    const there = partitions.map(({ partition }) => partition)
    for (const partition of numbers === undefined ? there : partitionNumbers(numbers)) {
      const at = { topic: name, partition }
      if (!there.includes(partition)) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', formatPartition(at))
      chosen.set(keyOf(at), at)
    }
  }
  return [...chosen.values()]
}

interface Change extends TopicPartition {
  readonly from: number | null
  readonly to: number
}

function asText(changes: readonly Change[]): string {
  const columns = [
    { title: 'TOPIC' },
    { title: 'PARTITION', align: 'right' },
    { title: 'COMMITTED', align: 'right' },
    { title: 'NEW', align: 'right' },
  ] as const
  const rows = changes.map(({ topic, partition, from, to }) => [
    topic,
    ...[partition, from ?? '-', to].map(String),
  ])
  return formatTable(columns, rows)
}
