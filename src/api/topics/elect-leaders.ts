/**
 * ElectLeaders (API key 43), versions 0–2: has the preferred replica of partitions lead, or any (KIP-460). With one
 * replica each, that one leads already or cannot; nothing is ever changed. Null asks for all partitions and is told
 * only of those where an election would be needed. Work: metadata/leader-election.ts.
 * Gaps: none.
 */
import { electLeaders } from '#protocol/messages/elect-leaders.ts'
import type { ElectLeadersRequest, ElectLeadersResponse } from '#protocol/messages/elect-leaders.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import { electionTypes, electLeader } from '#metadata/leader-election.ts'
import type { ElectionType } from '#metadata/leader-election.ts'
import type { Handler, RequestContext } from '../handler.ts'

type Response = Input<typeof ElectLeadersResponse>

export const electLeadersHandler: Handler<ElectLeadersRequest, Response> = {
  message: electLeaders,
  versions: { min: 0, max: 2 },
  handle(context, request) {
    if (request.topicPartitions?.length === 0) return {}
    // The controller of Kafka refuses what comes to it with no time left.
    if (request.timeoutMs <= 0) return failed(context, request, 'REQUEST_TIMED_OUT', null)
    const type = electionTypes[request.electionType]
    if (type === undefined) {
      return failed(context, request, 'INVALID_REQUEST', `Unknown election type ${request.electionType}`)
    }
    if (request.topicPartitions === null) return electAll(context, type)
    return {
      replicaElectionResults: request.topicPartitions.map(({ topic, partitions }) => ({
        topic,
        partitionResult: partitions.map(partition => elect(context, topic, partition, type)),
      })),
    }
  },
}

function electAll(context: RequestContext, type: ElectionType): Response {
  const notNeeded = errorCode('ELECTION_NOT_NEEDED')
  return {
    replicaElectionResults: Array.from(context.image.topicsByName, ([topic, { partitionCount }]) => ({
      topic,
      partitionResult: Array.from({ length: partitionCount }, (_, partition) =>
        elect(context, topic, partition, type),
      ).filter(result => result.errorCode !== notNeeded),
    })),
  }
}

function elect({ image, services }: RequestContext, topic: string, partitionId: number, type: ElectionType) {
  const isOffline = services.logs.isOffline(topic, partitionId)
  const { error, message } = electLeader(image, { topic, partition: partitionId, type, isOffline })
  return { partitionId, errorCode: errorCode(error), errorMessage: message }
}

/** The whole request failed: so did each partition. Version 0 has no place for the former. */
function failed(
  { version }: RequestContext,
  request: ElectLeadersRequest,
  error: ErrorName,
  errorMessage: string | null,
): Response {
  const code = errorCode(error)
  return {
    ...(version >= 1 ? { errorCode: code } : {}),
    replicaElectionResults: (request.topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map(partitionId => ({ partitionId, errorCode: code, errorMessage })),
    })),
  }
}
