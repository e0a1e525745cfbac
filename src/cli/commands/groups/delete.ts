/** `odradek groups delete` */
import { Command } from 'commander'
import type { Outcomes } from '#client/admin.ts'
import { KafkaError } from '#client/client-error.ts'
import { deleteGroup } from '#client/group-admin.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { reportOutcomes } from '../../outcomes.ts'

export function deleteCommand(): Command {
  const command = new Command('delete')
    .alias('rm')
    .description('Delete groups without members, with the offsets that they committed.')
    .argument('<group...>', 'groups to delete')
  return withClusterOptions(command).action((groups: string[], options: ClusterCommandOptions) =>
    remove(groups, options),
  )
}

async function remove(groups: readonly string[], options: ClusterCommandOptions): Promise<void> {
  const outcomes: Outcomes = new Map()
  await withCluster(options, async cluster => {
    for (const groupId of new Set(groups)) {
      try {
        await deleteGroup(cluster, groupId)
        outcomes.set(groupId, undefined)
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        outcomes.set(groupId, error)
      }
    }
  })
  await reportOutcomes(outcomes, 'deleted', options.json)
}
