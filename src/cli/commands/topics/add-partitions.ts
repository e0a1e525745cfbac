/** `odradek topics add-partitions` */
import { Command } from 'commander'
import { createPartitions } from '#client/admin.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { wholeNumber } from '../../option-parsers.ts'
import { reportOutcomes } from '../../outcomes.ts'

interface AddOptions extends ClusterCommandOptions {
  readonly num: number
}

export function addPartitionsCommand(): Command {
  const command = new Command('add-partitions')
    .description('Add partitions to topics. From then on keys go to other partitions than before.')
    .argument('<topic...>', 'topics that grow')
    .requiredOption('-n, --num <n>', 'how many partitions to add to each', wholeNumber(1))
  return withClusterOptions(command).action((names: string[], options: AddOptions) => add(names, options))
}

async function add(names: readonly string[], options: AddOptions): Promise<void> {
  const outcomes = await withCluster(options, async cluster => {
    const counts = new Map<string, number>()
    for (const name of names) {
      const { partitions } = await cluster.topic(name)
      counts.set(name, partitions.length + options.num)
    }
    return createPartitions(cluster, counts)
  })
  await reportOutcomes(outcomes, `has ${options.num} more`, options.json)
}
