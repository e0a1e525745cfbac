/** Names that a cluster knows: topics, groups, partitions. Asked where the command itself would ask. */
import type { Cluster } from '#client/cluster.ts'
import { withCluster } from '../cluster-command.ts'
import type { Candidate } from './candidate.ts'
import type { Line } from './spot.ts'

function ask<Result>({ options }: Line, work: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  return withCluster(options, work)
}

/** Internal ones only for who begins to write their name. */
export function topics(line: Line, word: string): Promise<Candidate[]> {
  return ask(line, async cluster => {
    const { topics } = await cluster.info(undefined)
    return topics
      .filter(({ isInternal }) => !isInternal || word.startsWith('_'))
      .map(({ name, partitions }) => ({
        value: name,
        description: partitions.length === 1 ? '1 partition' : `${partitions.length} partitions`,
      }))
      .sort((a, b) => (a.value < b.value ? -1 : 1))
  })
}

export function groups(line: Line): Promise<Candidate[]> {
  return ask(line, async cluster => {
    const { listGroups } = await import('#client/group-admin.ts')
    const groups = await listGroups(cluster)
    return groups.map(({ groupId, state }) => ({ value: groupId, description: state }))
  })
}

/** Of the topics that are named before. */
export async function partitions(line: Line): Promise<Candidate[]> {
  const names = topicsNamedIn(line)
  if (names.length === 0) return []
  return ask(line, async cluster => {
    const { topics } = await cluster.info(names)
    const numbers = new Set(topics.flatMap(topic => topic.partitions.map(({ partition }) => partition)))
    return [...numbers].sort((a, b) => a - b).map(number => ({ value: String(number) }))
  })
}

/** TOPIC or TOPIC:N,.. */
export async function topicPartitions(line: Line, word: string): Promise<Candidate[]> {
  const colon = word.indexOf(':')
  if (colon < 0) return topics(line, word)
  const name = word.slice(0, colon)
  const before = word.slice(0, Math.max(colon, word.lastIndexOf(',')) + 1)
  const there = new Set(before.slice(colon + 1).split(','))
  return ask(line, async cluster => {
    const { topics } = await cluster.info([name])
    return (topics[0]?.partitions ?? [])
      .map(({ partition }) => String(partition))
      .filter(number => !there.has(number))
      .map(number => ({ value: before + number }))
  })
}

/** Configs that the topics named before have of their own. */
export async function ownConfigs(line: Line): Promise<Candidate[]> {
  const [name] = topicsNamedIn(line)
  if (name === undefined) return []
  return ask(line, async cluster => {
    const { describeTopicConfigs } = await import('#client/admin.ts')
    const configs = await describeTopicConfigs(cluster, name)
    return configs
      .filter(({ source }) => source === 'DYNAMIC_TOPIC_CONFIG')
      .map(({ name, value }) => ({ value: name, ...(value === null ? {} : { description: value }) }))
  })
}

function topicsNamedIn({ command, positional }: Line): readonly string[] {
  return command.registeredArguments[0]?.name() === 'topic' ? positional : []
}
