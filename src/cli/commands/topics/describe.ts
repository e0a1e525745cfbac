/** `odradek topics describe` */
import { Command } from 'commander'
import { type ConfigEntry, describeTopicConfigs } from '#client/admin.ts'
import type { Cluster, TopicInfo } from '#client/cluster.ts'
import { offsetRanges } from '#client/list-offsets.ts'
import { keyOf } from '#client/topic-partition-map.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { print, printJson } from '../../output.ts'
import { formatFacts, formatTable } from '../../table.ts'

interface DescribeOptions extends ClusterCommandOptions {
  readonly allConfigs?: true
}

interface Described {
  readonly topic: TopicInfo
  readonly configs: readonly ConfigEntry[]
  readonly offsets: ReadonlyMap<string, { readonly start: number; readonly end: number }>
}

export function describeCommand(): Command {
  const command = new Command('describe')
    .description("Describe topics: partitions, first and next offsets, the topic's own configs.")
    .argument('<topic...>', 'topics to describe')
    .option('-a, --all-configs', 'all configs, also those that are inherited')
  return withClusterOptions(command).action((names: string[], options: DescribeOptions) =>
    withCluster(options, cluster => describe(cluster, names, options)),
  )
}

async function describe(cluster: Cluster, names: readonly string[], options: DescribeOptions): Promise<void> {
  const described: Described[] = []
  for (const name of names) described.push(await lookAt(cluster, name, options))
  if (options.json) return printJson(described.map(asJson))
  await print(described.map(asText).join('\n'))
}

async function lookAt(cluster: Cluster, name: string, { allConfigs }: DescribeOptions): Promise<Described> {
  const topic = await cluster.topic(name)
  const ledPartitions = topic.partitions
    .filter(({ leaderId }) => leaderId >= 0)
    .map(({ partition }) => ({ topic: name, partition }))
  const [configs, offsets] = await Promise.all([
    describeTopicConfigs(cluster, name),
    offsetRanges(cluster, ledPartitions),
  ])
  const shown = configs.filter(({ source }) => allConfigs || source === 'DYNAMIC_TOPIC_CONFIG')
  return { topic, configs: shown.sort((a, b) => (a.name < b.name ? -1 : 1)), offsets }
}

function asJson({ topic, configs, offsets }: Described): unknown {
  const { name, topicId, isInternal, partitions } = topic
  return {
    name,
    topicId,
    isInternal,
    partitions: partitions.map(info => {
      const range = offsets.get(keyOf({ topic: name, partition: info.partition }))
      return { ...info, startOffset: range?.start ?? null, endOffset: range?.end ?? null }
    }),
    configs,
  }
}

function asText({ topic, configs, offsets }: Described): string {
  const { name, topicId, partitions } = topic
  const facts = formatFacts([
    ['NAME', name],
    ['ID', topicId],
    ['PARTITIONS', String(partitions.length)],
    ['REPLICAS', String(partitions[0]?.replicas.length ?? 0)],
  ])
  const rows = partitions.map(({ partition, leaderId, leaderEpoch, replicas, isr }) => {
    const range = offsets.get(keyOf({ topic: name, partition }))
    const cells = [
      partition,
      leaderId < 0 ? 'none' : leaderId,
      leaderEpoch,
      replicas.join(','),
      isr.join(','),
    ]
    return [...cells.map(String), String(range?.start ?? '-'), String(range?.end ?? '-')]
  })
  const columns = [
    { title: 'PARTITION', align: 'right' },
    { title: 'LEADER', align: 'right' },
    { title: 'EPOCH', align: 'right' },
    { title: 'REPLICAS' },
    { title: 'IN-SYNC' },
    { title: 'START', align: 'right' },
    { title: 'END', align: 'right' },
  ] as const
  const parts = [facts, formatTable(columns, rows)]
  if (configs.length > 0) {
    const configRows = configs.map(({ name, value, source }) => [name, value ?? '', source])
    parts.push(formatTable([{ title: 'CONFIG' }, { title: 'VALUE' }, { title: 'SOURCE' }], configRows))
  }
  return parts.join('\n')
}
