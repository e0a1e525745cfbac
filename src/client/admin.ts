/**
 * What an administrator asks of a cluster: topics made, grown, configured and deleted. Each function gives one result
 * for each thing that was named, because some may succeed where others fail.
 */
import { createPartitions as createPartitionsApi } from '#protocol/messages/create-partitions.ts'
import { createTopics as createTopicsApi } from '#protocol/messages/create-topics.ts'
import { deleteTopics as deleteTopicsApi } from '#protocol/messages/delete-topics.ts'
import { describeConfigs as describeConfigsApi } from '#protocol/messages/describe-configs.ts'
import { incrementalAlterConfigs } from '#protocol/messages/incremental-alter-configs.ts'
import type { ApiMessage } from '#protocol/schema.ts'
import { errorOf, KafkaError, throwOnError } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import type { CallOptions } from './connection.ts'

/** How long the broker may take for it; what is not done by then goes on without an answer. */
const timeoutMs = 30_000
const topicResource = 2
/** Names instead of topic ids, up to this version. */
const newestDeleteTopics = 5

/** By name: undefined where it was done. */
export type Outcomes = Map<string, KafkaError | undefined>

interface Outcome {
  readonly name: string | null
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** The broker that answers is the controller, or passes the request on to it. */
function callController<RequestInput, Response>(
  cluster: Cluster,
  api: ApiMessage<never, never, RequestInput, Response>,
  request: RequestInput,
  judge: (response: Response) => Outcomes,
  options?: CallOptions,
): Promise<Outcomes> {
  return cluster.retrying(async () => {
    const { controllerId } = await cluster.describe([])
    const target = controllerId < 0 ? {} : { nodeId: controllerId }
    const outcomes = judge(await cluster.call(target, api, request, options))
    for (const error of outcomes.values()) if (error?.errorName === 'NOT_CONTROLLER') throw error
    return outcomes
  })
}

/** In the order of the names; brokers answer in an order of their own. */
function outcomesOf(names: readonly string[], results: readonly Outcome[]): Outcomes {
  const byName = new Map(results.map(result => [result.name, result]))
  return new Map(
    names.map(name => {
      const subject = `topic '${name}'`
      const result = byName.get(name)
      if (result === undefined)
        return [name, new KafkaError('UNKNOWN_SERVER_ERROR', subject, 'no answer for it')]
      return [name, errorOf(result.errorCode, subject, result.errorMessage)]
    }),
  )
}

export interface NewTopic {
  readonly name: string
  /** -1: the broker's default. */
  readonly partitionCount: number
  /** -1: the broker's default. */
  readonly replicationFactor: number
  readonly configs: ReadonlyMap<string, string>
}

export function createTopics(cluster: Cluster, topics: readonly NewTopic[]): Promise<Outcomes> {
  const names = topics.map(({ name }) => name)
  const request = {
    topics: topics.map(({ name, partitionCount, replicationFactor, configs }) => ({
      name,
      numPartitions: partitionCount,
      replicationFactor,
      configs: [...configs].map(([name, value]) => ({ name, value })),
    })),
    timeoutMs,
  }
  return callController(cluster, createTopicsApi, request, response => outcomesOf(names, response.topics))
}

export function deleteTopics(cluster: Cluster, names: readonly string[]): Promise<Outcomes> {
  const request = { topicNames: names, timeoutMs }
  return callController(cluster, deleteTopicsApi, request, ({ responses }) => outcomesOf(names, responses), {
    maxVersion: newestDeleteTopics,
  })
}

/** @param counts how many partitions each topic is to have in all */
export function createPartitions(cluster: Cluster, counts: ReadonlyMap<string, number>): Promise<Outcomes> {
  const topics = [...counts].map(([name, count]) => ({ name, count, assignments: null }))
  return callController(cluster, createPartitionsApi, { topics, timeoutMs }, ({ results }) =>
    outcomesOf([...counts.keys()], results),
  )
}

/** A config's change, with the numbers of Kafka's AlterConfigOp. */
export const configOperations = { set: 0, delete: 1, append: 2, subtract: 3 } as const

export interface ConfigChange {
  readonly name: string
  readonly operation: keyof typeof configOperations
  /** null: delete */
  readonly value: string | null
}

export function alterTopicConfigs(
  cluster: Cluster,
  names: readonly string[],
  changes: readonly ConfigChange[],
): Promise<Outcomes> {
  const configs = changes.map(({ name, operation, value }) => ({
    name,
    configOperation: configOperations[operation],
    value,
  }))
  const request = {
    resources: names.map(resourceName => ({ resourceType: topicResource, resourceName, configs })),
  }
  return callController(cluster, incrementalAlterConfigs, request, ({ responses }) =>
    outcomesOf(
      names,
      responses.map(response => ({ ...response, name: response.resourceName })),
    ),
  )
}

/** Where a value comes from, by Kafka's numbers (DescribeConfigsResponse.ConfigSource). */
const configSources = [
  'UNKNOWN',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
] as const
export type ConfigSource = (typeof configSources)[number]

export interface ConfigEntry {
  readonly name: string
  /** null where it is secret, or has none */
  readonly value: string | null
  readonly source: ConfigSource
}

/** @throws KafkaError when the topic's configs cannot be read */
export function describeTopicConfigs(cluster: Cluster, name: string): Promise<ConfigEntry[]> {
  return cluster.retrying(async () => {
    const resources = [{ resourceType: topicResource, resourceName: name, configurationKeys: null }]
    const response = await cluster.call({}, describeConfigsApi, { resources })
    const [result] = response.results
    throwOnError(result?.errorCode ?? 0, `configs of topic '${name}'`, result?.errorMessage)
    return (result?.configs ?? []).map(({ name, value, configSource }) => ({
      name,
      value,
      source: configSources[configSource] ?? 'UNKNOWN',
    }))
  })
}
