/**
 * Offsets by what they mean: the first, the one after the last, the first of a time.
 */
import { listOffsets as listOffsetsApi } from '#protocol/messages/list-offsets.ts'
import { throwOnError } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import { byTopic, formatPartition, keyOf, type TopicPartition } from './topic-partition-map.ts'

/** What ListOffsets takes instead of a time. */
export const latest = -1
export const earliest = -2

/** 0: also what belongs to open and aborted transactions; 1: what is committed. */
export type IsolationLevel = 0 | 1

export interface OffsetQuestion extends TopicPartition {
  /** Milliseconds since the epoch, `earliest` or `latest`. */
  readonly timestamp: number
}

/**
 * Answers many questions, with one request to each leader.
 * @returns offsets by `keyOf`; -1 where no record is of that time or later
 * @throws KafkaError, ConnectionError
 */
export function listOffsets(
  cluster: Cluster,
  questions: readonly OffsetQuestion[],
  isolationLevel: IsolationLevel = 0,
): Promise<Map<string, number>> {
  const answers = new Map<string, number>()
  return cluster.retrying(
    async () => {
      const open = questions.filter(question => !answers.has(keyOf(question)))
      const leaders = new Map<number, OffsetQuestion[]>()
      for (const question of open) {
        const { leaderId } = await cluster.leaderOf(question.topic, question.partition)
        const list = leaders.get(leaderId)
        if (list === undefined) leaders.set(leaderId, [question])
        else list.push(question)
      }
      await Promise.all(
        [...leaders].map(([nodeId, asked]) => askLeader(cluster, nodeId, asked, isolationLevel, answers)),
      )
      return answers
    },
    {
      onRetry: () => {
        for (const { topic } of questions) cluster.forgetTopic(topic)
      },
    },
  )
}

async function askLeader(
  cluster: Cluster,
  nodeId: number,
  questions: readonly OffsetQuestion[],
  isolationLevel: IsolationLevel,
  answers: Map<string, number>,
): Promise<void> {
  const response = await cluster.call({ nodeId }, listOffsetsApi, {
    replicaId: -1,
    isolationLevel,
    topics: [...byTopic(questions)].map(([name, asked]) => ({
      name,
      partitions: asked.map(({ partition, timestamp }) => ({ partitionIndex: partition, timestamp })),
    })),
  })
  for (const { name, partitions } of response.topics) {
    for (const { partitionIndex, errorCode, offset } of partitions) {
      const at = { topic: name, partition: partitionIndex }
      throwOnError(errorCode, formatPartition(at))
      answers.set(keyOf(at), offset)
    }
  }
}

/** First offset and the one after the last, by `keyOf`. */
export async function offsetRanges(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  isolationLevel: IsolationLevel = 0,
): Promise<Map<string, { readonly start: number; readonly end: number }>> {
  const ask = (timestamp: number): Promise<Map<string, number>> =>
    listOffsets(
      cluster,
      partitions.map(({ topic, partition }) => ({ topic, partition, timestamp })),
      isolationLevel,
    )
  const [starts, ends] = await Promise.all([ask(earliest), ask(latest)])
  return new Map(
    partitions.map(at => {
      const key = keyOf(at)
      return [key, { start: starts.get(key)!, end: ends.get(key)! }]
    }),
  )
}
