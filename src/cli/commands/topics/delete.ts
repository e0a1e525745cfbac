/** `odradek topics delete` */
import { Command } from 'commander'
import { deleteTopics } from '#client/admin.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { reportOutcomes } from '../../outcomes.ts'

export function deleteCommand(): Command {
  const command = new Command('delete')
    .alias('rm')
    .description('Delete topics with all their records.')
    .argument('<topic...>', 'topics to delete')
  return withClusterOptions(command).action((names: string[], options: ClusterCommandOptions) =>
    remove(names, options),
  )
}

async function remove(names: readonly string[], options: ClusterCommandOptions): Promise<void> {
  const outcomes = await withCluster(options, cluster => deleteTopics(cluster, [...new Set(names)]))
  await reportOutcomes(outcomes, 'deleted', options.json)
}
