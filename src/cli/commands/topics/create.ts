/** `odradek topics create` */
import { Command } from 'commander'
import { createTopics, type Outcomes } from '#client/admin.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../../cluster-command.ts'
import { keyValue, wholeNumber } from '../../option-parsers.ts'
import { reportOutcomes } from '../../outcomes.ts'

interface CreateOptions extends ClusterCommandOptions {
  readonly partitions?: number
  readonly replicas?: number
  readonly config?: ReadonlyMap<string, string>
  readonly ifNotExists?: true
}

export function createCommand(): Command {
  const command = new Command('create')
    .description('Create topics.')
    .argument('<name...>', 'topics to create')
    .option('-p, --partitions <n>', "number of partitions (default: the broker's)", wholeNumber(1))
    .option('-r, --replicas <n>', "replication factor (default: the broker's)", wholeNumber(1))
    .option('-c, --config <config=value>', 'a topic config; can be repeated', keyValue)
    .option('--if-not-exists', 'a topic that is there already is no error')
  return withClusterOptions(command).action((names: string[], options: CreateOptions) =>
    create(names, options),
  )
}

async function create(names: readonly string[], options: CreateOptions): Promise<void> {
  const topics = [...new Set(names)].map(name => ({
    name,
    partitionCount: options.partitions ?? -1,
    replicationFactor: options.replicas ?? -1,
    configs: options.config ?? new Map<string, string>(),
  }))
  const outcomes = await withCluster(options, cluster => createTopics(cluster, topics))
  const existing: Outcomes = new Map()
  if (options.ifNotExists) {
    for (const [name, error] of outcomes) {
      if (error?.errorName !== 'TOPIC_ALREADY_EXISTS') continue
      outcomes.delete(name)
      existing.set(name, undefined)
    }
  }
  if (existing.size > 0 && !options.json) await reportOutcomes(existing, 'exists already', false)
  await reportOutcomes(options.json ? new Map([...outcomes, ...existing]) : outcomes, 'created', options.json)
}
