/**
 * DeleteTopics (API key 20), versions 1–6: deletes topics, from v6 by name or by id. Work: metadata/topics.ts.
 * Gaps: none.
 */
import { zeroUuid } from '#base/random.ts'
import type { ClusterImage } from '#metadata/cluster-image.ts'
import type { TopicResult } from '#metadata/topics.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { ErrorName } from '#protocol/error-codes.ts'
import { deleteTopics } from '#protocol/messages/delete-topics.ts'
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '#protocol/messages/delete-topics.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { partRepeated } from './once.ts'

type Result = NonNullable<Input<typeof DeleteTopicsResponse>['responses']>[number]

/** A topic as the request names it: by name, or by id with a null name. */
interface Wanted {
  readonly name: string | null
  readonly topicId: string
}

/** From this version on there is a code of its own for deletion that is switched off. */
const firstVersionWithDisabledCode = 3

export const deleteTopicsHandler: Handler<DeleteTopicsRequest, Input<typeof DeleteTopicsResponse>> = {
  message: deleteTopics,
  versions: { min: 1, max: 6 },
  async handle({ services, version }, request) {
    const named = request.topicNames.map(name => ({ name, topicId: zeroUuid }))
    const wanted: Wanted[] = [...request.topics, ...named]
    if (!services.config.boolean('delete.topic.enable')) {
      const error = version < firstVersionWithDisabledCode ? 'INVALID_REQUEST' : 'TOPIC_DELETION_DISABLED'
      return { responses: wanted.map(topic => failed(topic, error, 'Topic deletion is disabled.')) }
    }
    const { legal, responses } = refuseUnclear(wanted)
    const found = new Map<string, Wanted>()
    for (const topic of legal) {
      const refused = resolve(topic, services.topics.image(), found)
      if (refused !== undefined) responses.push(refused)
    }
    const deleted = await services.topics.delete([...found.keys()])
    for (const [index, topic] of [...found.values()].entries())
      responses.push(resultOf(topic, deleted[index]!))
    return { responses }
  },
}

/** Refuses what names nothing, two things, or the same thing twice. */
function refuseUnclear(wanted: readonly Wanted[]): { legal: Wanted[]; responses: Result[] } {
  const responses: Result[] = []
  const clear = wanted.filter(topic => {
    const hasId = topic.topicId !== zeroUuid
    if (hasId !== (topic.name !== null)) return true
    const fault = hasId
      ? 'You may not specify both topic name and topic id.'
      : 'Neither topic name nor id were specified.'
    responses.push(failed(topic, 'INVALID_REQUEST', fault))
    return false
  })
  const byName = partRepeated(
    clear.filter(topic => topic.name !== null),
    topic => topic.name!,
  )
  const byId = partRepeated(
    clear.filter(topic => topic.name === null),
    topic => topic.topicId,
  )
  for (const name of byName.repeated) {
    responses.push(failed({ name, topicId: zeroUuid }, 'INVALID_REQUEST', 'Duplicate topic name.'))
  }
  for (const topicId of byId.repeated) {
    responses.push(failed({ name: null, topicId }, 'INVALID_REQUEST', 'Duplicate topic id.'))
  }
  // Ids first: a name that means one of them is the one that is answered.
  return { legal: [...byId.once, ...byName.once], responses }
}

/** Adds the topic to `found` by its id, or returns why not. */
function resolve(wanted: Wanted, image: ClusterImage, found: Map<string, Wanted>): Result | undefined {
  const topic =
    wanted.name === null ? image.topicsById.get(wanted.topicId) : image.topicsByName.get(wanted.name)
  if (topic === undefined) return unknown(wanted)
  // Kafka deletes neither of the two.
  if (found.delete(topic.topicId)) {
    const fault = 'The provided topic name maps to an ID that was already supplied.'
    return failed({ name: wanted.name, topicId: topic.topicId }, 'INVALID_REQUEST', fault)
  }
  found.set(topic.topicId, wanted)
  return undefined
}

function resultOf(wanted: Wanted, result: TopicResult): Result {
  if (result.error === 'UNKNOWN_TOPIC_ID') return unknown(wanted)
  if (result.error !== 'NONE') return failed(wanted, result.error, result.message)
  const { name, topicId } = result.topic
  return { name, topicId, errorCode: 0, errorMessage: null }
}

function unknown(wanted: Wanted): Result {
  return wanted.name === null
    ? failed(wanted, 'UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.')
    : failed(wanted, 'UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.')
}

function failed({ name, topicId }: Wanted, error: ErrorName, errorMessage: string | null): Result {
  return { name, topicId, errorCode: errorCode(error), errorMessage }
}
