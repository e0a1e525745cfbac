/** `odradek groups list` */
import { Command } from 'commander'
import { listGroups } from '#client/group-admin.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { print, printJson } from '../../output.ts'
import { formatTable } from '../../table.ts'

export function listCommand(): Command {
  const command = new Command('list').alias('ls').description('List groups.')
  return withClusterOptions(command).action((options: ClusterCommandOptions) => list(options))
}

async function list(options: ClusterCommandOptions): Promise<void> {
  const groups = await withCluster(options, listGroups)
  if (options.json) return printJson(groups)
  const columns = [{ title: 'GROUP' }, { title: 'TYPE' }, { title: 'PROTOCOL' }, { title: 'STATE' }]
  const rows = groups.map(({ groupId, type, protocolType, state }) => [
    groupId,
    type || '-',
    protocolType || '-',
    state || '-',
  ])
  await print(formatTable(columns, rows))
}
