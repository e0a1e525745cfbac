/**
 * Produce (API key 0), versions 3–13: appends record sets to partitions, each accepted or refused by itself.
 * `acks` 1 and -1 mean the same on one broker: the answer waits for the flush policy. With 0 there is no answer,
 * and a refusal closes the connection, so that the client looks again (as Kafka does). v7 allows zstd, v8 tells of
 * single records, v13 names topics by id. Versions from 0 are advertised: librdkafka looks for them (KIP-896).
 * Work: log/local-log.ts.
 * Gaps: transactions are not there, so that transactional records are refused; `timeout.ms` has no effect, since no
 * other broker is waited for.
 */
import { produce } from '#protocol/messages/produce.ts'
import type { ProduceRequest, ProduceResponse } from '#protocol/messages/produce.ts'
import { hasTransactionalBatch, hasZstdBatch } from '#log/append-rules.ts'
import type { AppendOutcome } from '#log/partition-log.ts'
import { isInternalTopic } from '#metadata/topic-name.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import { ProtocolError } from '#protocol/protocol-error.ts'
import type { Input } from '#protocol/schema.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { findPartition, findTopic } from '../partitions.ts'

type Response = Input<typeof ProduceResponse>
type PartitionResponse = NonNullable<NonNullable<Response['responses']>[number]['partitionResponses']>[number]
type RequestTopic = ProduceRequest['topicData'][number]
type Acks = -1 | 0 | 1

/** KIP-110: clients say by the version that they can read zstd. */
const firstZstdVersion = 7
const firstTopicIdVersion = 13

export const produceHandler: Handler<ProduceRequest, Response> = {
  message: produce,
  versions: { min: 3, max: 13 },
  advertisedMin: 0,
  pipelined: true,
  // Not async up to the appends: they take effect in the order in which requests came.
  handle(context, request) {
    const acks = request.acks
    if (request.transactionalId === null && request.topicData.some(hasTransactional)) {
      return refuseTransactional(request)
    }
    if (acks !== -1 && acks !== 0 && acks !== 1)
      return Promise.resolve(refuseAll(request, 'INVALID_REQUIRED_ACKS'))
    const topics = request.topicData.map(topic => ({
      name: topic.name,
      topicId: topic.topicId,
      partitions: topic.partitionData.map(({ index, records }) =>
        append(context, topic, index, records, acks, request.transactionalId !== null),
      ),
    }))
    return answer(topics, acks)
  },
}

interface AppendingTopic {
  readonly name: string
  readonly topicId: string
  readonly partitions: readonly Promise<PartitionResponse>[]
}

async function answer(topics: readonly AppendingTopic[], acks: Acks): Promise<Response | undefined> {
  const responses = []
  for (const { name, topicId, partitions } of topics) {
    responses.push({ name, topicId, partitionResponses: await Promise.all(partitions) })
  }
  if (acks !== 0) return { responses }
  const refused = responses
    .flatMap(topic => topic.partitionResponses)
    .find(partition => partition.errorCode !== 0)
  if (refused !== undefined) {
    throw new ProtocolError(
      `records sent with acks=0 were refused: ${refused.errorMessage ?? 'see the error code'}`,
    )
  }
  return undefined
}

function append(
  context: RequestContext,
  { name, topicId }: RequestTopic,
  index: number,
  records: Buffer | null,
  acks: Acks,
  isTransactional: boolean,
): Promise<PartitionResponse> {
  const { services, version, image } = context
  const byId = version >= firstTopicIdVersion
  const topic = findTopic(image, { name, topicId }, byId)
  if (topic.error !== 'NONE') {
    // Kafka's internal topics cannot be written to, whether they exist or not.
    const isInternal = !byId && isInternalTopic(name)
    return Promise.resolve(refused(index, isInternal ? 'INVALID_TOPIC_EXCEPTION' : topic.error))
  }
  const partition = findPartition(services, topic.topic, index)
  if (partition.error !== 'NONE') return Promise.resolve(refused(index, partition.error))
  if (records === null) return Promise.resolve(refused(index, 'INVALID_RECORD', 'There are no records'))
  const refusal = refuseKind(records, version, isTransactional)
  if (refusal !== undefined) return Promise.resolve(refused(index, refusal.error, refusal.message))
  return partition.log.append(records, { acks, transactional: isTransactional }).then(
    outcome => toResponse(index, outcome),
    error => {
      if (error instanceof StorageError) return refused(index, 'KAFKA_STORAGE_ERROR', error.message)
      throw error
    },
  )
}

function refuseKind(
  records: Buffer,
  version: number,
  isTransactional: boolean,
): { error: ErrorName; message: string } | undefined {
  if (isTransactional) {
    return { error: 'INVALID_TXN_STATE', message: 'This broker has no transactions, so that none is open' }
  }
  if (version < firstZstdVersion && hasZstdBatch(records)) {
    return {
      error: 'UNSUPPORTED_COMPRESSION_TYPE',
      message: `zstd needs version ${firstZstdVersion} of Produce and of Fetch`,
    }
  }
  return undefined
}

function toResponse(index: number, outcome: AppendOutcome): PartitionResponse {
  if (outcome.error === 'NONE') {
    const { baseOffset, logAppendTimeMs, logStartOffset } = outcome
    return { index, errorCode: 0, baseOffset, logAppendTimeMs, logStartOffset }
  }
  return {
    ...refused(index, outcome.error, outcome.message),
    logStartOffset: outcome.logStartOffset,
    recordErrors: (outcome.recordErrors ?? []).map(({ batchIndex, message }) => ({
      batchIndex,
      batchIndexErrorMessage: message ?? null,
    })),
  }
}

function refused(index: number, error: ErrorName, message?: string): PartitionResponse {
  return { index, errorCode: errorCode(error), baseOffset: -1, errorMessage: message ?? null }
}

function hasTransactional({ partitionData }: RequestTopic): boolean {
  return partitionData.some(({ records }) => records !== null && hasTransactionalBatch(records))
}

/** As Kafka: one such batch refuses all partitions. */
async function refuseTransactional(request: ProduceRequest): Promise<Response> {
  const message = 'A batch is transactional and the request names no transactional id'
  if (request.acks === 0) throw new ProtocolError(`records sent with acks=0 were refused: ${message}`)
  return refuseAll(request, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', message)
}

function refuseAll(request: ProduceRequest, error: ErrorName, message?: string): Response {
  return {
    responses: request.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => refused(index, error, message)),
    })),
  }
}
