/**
 * OffsetFetch (API key 9), versions 1–10: how far groups have read; -1 where a group has committed nothing.
 * v2 can ask for all topics, v5 answers leader epochs, v7 can wait for commits under way (KIP-447), v8 asks for
 * several groups (KIP-709), v10 names topics by id (KIP-848). Work: groups/committed-offsets.ts.
 * v9's member id and epoch are for groups of the consumer protocol; for classic groups they mean nothing, as in Kafka.
 * Gaps: none.
 */
import type { CommittedOffset, OffsetsByTopic } from '#groups/committed-offsets.ts'
import { offsetFetch } from '#protocol/messages/offset-fetch.ts'
import type { OffsetFetchRequest, OffsetFetchResponse } from '#protocol/messages/offset-fetch.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler, RequestContext } from '../handler.ts'

type Response = Input<typeof OffsetFetchResponse>
type ResponseTopic = NonNullable<NonNullable<Response['groups']>[number]['topics']>[number]
type ResponsePartition = NonNullable<ResponseTopic['partitions']>[number]

interface WantedTopic {
  readonly name: string
  /** Of versions that name topics by it. */
  readonly topicId?: string
  readonly partitionIndexes: readonly number[]
}

export const offsetFetchHandler: Handler<OffsetFetchRequest, Response> = {
  message: offsetFetch,
  versions: { min: 1, max: 10 },
  async handle(context, request) {
    if (context.version < 8) {
      return { topics: await fetchGroup(context, request.groupId, request.topics, request.requireStable) }
    }
    const groups = []
    for (const { groupId, topics } of request.groups) {
      groups.push({ groupId, topics: await fetchGroup(context, groupId, topics, request.requireStable) })
    }
    return { groups }
  },
}

async function fetchGroup(
  context: RequestContext,
  groupId: string,
  wanted: readonly WantedTopic[] | null,
  requireStable: boolean,
): Promise<ResponseTopic[]> {
  const offsets = await context.services.groups.fetchOffsets(groupId, requireStable)
  return wanted === null
    ? allTopics(context, offsets)
    : wanted.map(topic => pickTopic(context, offsets, topic))
}

function allTopics({ image, version }: RequestContext, offsets: OffsetsByTopic): ResponseTopic[] {
  const topics: ResponseTopic[] = []
  for (const [name, partitions] of offsets) {
    const topicId = image.topicsByName.get(name)?.topicId
    // Where topics go by id, one that has none cannot be named.
    if (version >= 10 && topicId === undefined) continue
    topics.push({
      name,
      topicId,
      partitions: [...partitions].map(([partition, committed]) => answer(partition, committed)),
    })
  }
  return topics
}

function pickTopic(
  { image, version }: RequestContext,
  offsets: OffsetsByTopic,
  wanted: WantedTopic,
): ResponseTopic {
  const { topicId } = wanted
  const name = version >= 10 ? image.topicsById.get(topicId ?? '')?.name : wanted.name
  const committed = name === undefined ? undefined : offsets.get(name)
  const error = name === undefined ? 'UNKNOWN_TOPIC_ID' : 'NONE'
  return {
    name: name ?? '',
    topicId,
    partitions: wanted.partitionIndexes.map(partition => answer(partition, committed?.get(partition), error)),
  }
}

function answer(
  partitionIndex: number,
  committed: CommittedOffset | undefined,
  error: ErrorName = 'NONE',
): ResponsePartition {
  return {
    partitionIndex,
    committedOffset: committed?.offset ?? -1n,
    committedLeaderEpoch: committed?.leaderEpoch ?? -1,
    metadata: committed?.metadata ?? '',
    errorCode: errorCode(error),
  }
}
