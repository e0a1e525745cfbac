/** `odradek topics list` */
import { Command } from 'commander'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { print, printJson } from '../../output.ts'
import { formatTable } from '../../table.ts'

interface ListOptions extends ClusterCommandOptions {
  readonly internal?: true
}

export function listCommand(): Command {
  const command = new Command('list')
    .alias('ls')
    .description('List topics.')
    .option('-i, --internal', "also the cluster's own topics")
  return withClusterOptions(command).action((options: ListOptions) => list(options))
}

async function list(options: ListOptions): Promise<void> {
  const { topics } = await withCluster(options, cluster => cluster.info(undefined))
  const shown = topics
    .filter(({ isInternal }) => options.internal || !isInternal)
    .map(({ name, topicId, isInternal, partitions }) => ({
      name,
      topicId,
      isInternal,
      partitionCount: partitions.length,
      replicationFactor: partitions[0]?.replicas.length ?? 0,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  if (options.json) return printJson(shown)
  const columns = [
    { title: 'NAME' },
    { title: 'PARTITIONS', align: 'right' },
    { title: 'REPLICAS', align: 'right' },
  ] as const
  const rows = shown.map(({ name, partitionCount, replicationFactor }) => [
    name,
    String(partitionCount),
    String(replicationFactor),
  ])
  await print(formatTable(columns, rows))
}
