/** `odradek topics alter-config` */
import { Command } from 'commander'
import { alterTopicConfigs, type ConfigChange } from '#client/admin.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { UsageError } from '../../failure.ts'
import { keyValue, listed } from '../../option-parsers.ts'
import { reportOutcomes } from '../../outcomes.ts'

interface AlterOptions extends ClusterCommandOptions {
  readonly set?: ReadonlyMap<string, string>
  readonly delete?: readonly string[]
  readonly append?: ReadonlyMap<string, string>
  readonly subtract?: ReadonlyMap<string, string>
}

export function alterConfigCommand(): Command {
  const command = new Command('alter-config')
    .description('Change configs of topics. Each option can be repeated.')
    .argument('<topic...>', 'topics to change')
    .option('-s, --set <config=value>', 'give a config a value', keyValue)
    .option('-d, --delete <config>', 'give a config its default again', listed)
    .option('--append <config=value>', 'add values to a config that is a list', keyValue)
    .option('--subtract <config=value>', 'take values from a config that is a list', keyValue)
  return withClusterOptions(command).action((names: string[], options: AlterOptions) => alter(names, options))
}

async function alter(names: readonly string[], options: AlterOptions): Promise<void> {
  const changes = changesOf(options)
  if (changes.length === 0)
    throw new UsageError('nothing to change: use --set, --delete, --append or --subtract')
  const outcomes = await withCluster(options, cluster => alterTopicConfigs(cluster, names, changes))
  await reportOutcomes(outcomes, 'changed', options.json)
}

function changesOf(options: AlterOptions): ConfigChange[] {
  const changes = (['set', 'append', 'subtract'] as const).flatMap(operation =>
    [...(options[operation] ?? [])].map(([name, value]): ConfigChange => ({ name, operation, value })),
  )
  for (const name of options.delete ?? []) changes.push({ name, operation: 'delete', value: null })
  return changes
}
