/**
 * Fetch (API key 1), versions 4–18: reads record batches from partitions.
 * Waits up to `maxWaitMs` until `minBytes` are there; `maxBytes` bounds the answer, `partitionMaxBytes` each partition,
 * and the first partition with records gives at least one batch whatever its size. v7 has sessions
 * (api/records/fetch-session.ts), v12 tells of a diverging log (KIP-595), v13 names topics by id.
 * Record bytes are not read here: the connection reads them while the socket takes them.
 * Gaps: there are no followers, so that a request which names a replica is refused; `rackId` has no effect.
 */
import { fetch } from '#protocol/messages/fetch.ts'
import type { FetchRequest, FetchResponse } from '#protocol/messages/fetch.ts'
import type { Isolation, PartitionLog } from '#log/partition-log.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { LazyBytes } from '#protocol/lazy-bytes.ts'
import type { Input } from '#protocol/schema.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { checkLeaderEpoch, findPartition, findTopic } from '../partitions.ts'
import type { FetchNews, FetchTarget } from './fetch-session.ts'
import { waitForProgress } from './fetch-wait.ts'

type Response = Input<typeof FetchResponse>
type ResponseTopic = NonNullable<Response['responses']>[number]
type ResponsePartition = NonNullable<ResponseTopic['partitions']>[number]

const firstTopicIdVersion = 13
const noRecords = Buffer.alloc(0)

/** One partition as it was found. */
export interface FetchResult {
  readonly target: FetchTarget
  readonly error: ErrorName
  readonly log: PartitionLog | undefined
  /** The offset below which records could be read when this was made. */
  readonly readableEnd: number
  readonly records: LazyBytes | undefined
  readonly diverging: { readonly leaderEpoch: number; readonly endOffset: number } | undefined
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[]
}

export const fetchHandler: Handler<FetchRequest, Response> = {
  message: fetch,
  versions: { min: 4, max: 18 },
  async handle(context, request) {
    const { services, version } = context
    const replicaId = version >= 15 ? request.replicaState.replicaId : request.replicaId
    const session = services.fetchSessions.begin({
      sessionId: request.sessionId,
      sessionEpoch: request.sessionEpoch,
      usesTopicIds: version >= firstTopicIdVersion,
      targets: replicaId >= 0 ? [] : targetsOf(request),
      forgotten: request.forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
        partitions.map(partition => ({ topic, topicId, partition })),
      ),
    })
    if (session.error !== 'NONE') return { errorCode: errorCode(session.error), responses: [] }
    const results = await collect(context, request, session.targets)
    return {
      sessionId: session.sessionId,
      responses: group(results.filter(result => session.tells(result.target, newsOf(result)))),
    }
  },
}

function targetsOf(request: FetchRequest): FetchTarget[] {
  return request.topics.flatMap(({ topic, topicId, partitions }) =>
    partitions.map(wanted => ({
      topic,
      topicId,
      partition: wanted.partition,
      fetchOffset: wanted.fetchOffset,
      maxBytes: wanted.partitionMaxBytes,
      currentLeaderEpoch: wanted.currentLeaderEpoch,
      lastFetchedEpoch: wanted.lastFetchedEpoch,
    })),
  )
}

/** Reads all targets; where that gives too little, waits for more and reads again. */
async function collect(
  context: RequestContext,
  request: FetchRequest,
  targets: readonly FetchTarget[],
): Promise<FetchResult[]> {
  const { services, connection } = context
  const isolation: Isolation = request.isolationLevel === 1 ? 'read_committed' : 'read_uncommitted'
  const deadlineMs = services.clock.monotonicMs() + Math.max(request.maxWaitMs, 0)
  let absent: ReadonlySet<FetchTarget> | undefined
  for (;;) {
    const results = await readAll(context, request, targets, isolation)
    const remainingMs = deadlineMs - services.clock.monotonicMs()
    absent ??= new Set(results.filter(isAbsent).map(result => result.target))
    const waitedFor = results.filter(result => !absent!.has(result.target))
    if (isEnough(waitedFor, request.minBytes) || remainingMs <= 0 || connection.signal.aborted) return results
    for (const { records } of results) records?.release()
    await waitForProgress(results, isolation, remainingMs, services.clock, connection.signal)
  }
}

/**
 * What does not exist from the start does not end the wait for the others, as in Kafka: a consumer would otherwise ask
 * again and again without a pause until its metadata is new.
 */
function isAbsent({ error }: FetchResult): boolean {
  return error === 'UNKNOWN_TOPIC_OR_PARTITION' || error === 'UNKNOWN_TOPIC_ID'
}

function isEnough(results: readonly FetchResult[], minBytes: number): boolean {
  let byteCount = 0
  for (const { error, records, diverging } of results) {
    if (error !== 'NONE' || diverging !== undefined) return true
    byteCount += records?.byteLength ?? 0
  }
  return results.length === 0 || byteCount >= minBytes
}

async function readAll(
  context: RequestContext,
  request: FetchRequest,
  targets: readonly FetchTarget[],
  isolation: Isolation,
): Promise<FetchResult[]> {
  const results: FetchResult[] = []
  let remainingBytes = Math.min(request.maxBytes, context.services.config.number('fetch.max.bytes'))
  let hasRecords = false
  try {
    for (const target of targets) {
      const maxBytes = Math.min(target.maxBytes, Math.max(remainingBytes, 0))
      const result = await readOne(context, target, maxBytes, !hasRecords, isolation)
      hasRecords ||= result.records !== undefined
      remainingBytes -= result.records?.byteLength ?? 0
      results.push(result)
    }
  } catch (error) {
    for (const { records } of results) records?.release()
    throw error
  }
  return results
}

async function readOne(
  context: RequestContext,
  target: FetchTarget,
  maxBytes: number,
  minOneBatch: boolean,
  isolation: Isolation,
): Promise<FetchResult> {
  const { services, version } = context
  // The newest image: topics come and go while a request waits.
  const wanted = { name: target.topic, topicId: target.topicId }
  const topic = findTopic(services.topics.image(), wanted, version >= firstTopicIdVersion)
  if (topic.error !== 'NONE') return failed(target, topic.error)
  const partition = findPartition(services, topic.topic, target.partition)
  if (partition.error !== 'NONE') return failed(target, partition.error)
  const { log } = partition
  const epochError = checkLeaderEpoch(log, target.currentLeaderEpoch)
  if (epochError !== 'NONE') return failed(target, epochError, log)
  const readableEnd = isolation === 'read_committed' ? log.lastStableOffset : log.highWatermark
  const diverging = findDivergence(log, target)
  if (diverging !== undefined) {
    return { target, error: 'NONE', log, readableEnd, records: undefined, diverging, aborted: [] }
  }
  // The common answer to a long poll, without a look at the files.
  if (target.fetchOffset === readableEnd || (maxBytes <= 0 && !minOneBatch)) {
    if (target.fetchOffset < log.logStartOffset) return failed(target, 'OFFSET_OUT_OF_RANGE', log)
    return { target, error: 'NONE', log, readableEnd, records: undefined, diverging: undefined, aborted: [] }
  }
  try {
    const outcome = await log.read(target.fetchOffset, { maxBytes, minOneBatch, isolation })
    if (outcome.error !== 'NONE') return failed(target, outcome.error, log)
    const { records, abortedTransactions } = outcome
    return {
      target,
      error: 'NONE',
      log,
      readableEnd,
      records,
      diverging: undefined,
      aborted: abortedTransactions,
    }
  } catch (error) {
    if (error instanceof StorageError) return failed(target, 'KAFKA_STORAGE_ERROR', log)
    throw error
  }
}

/** KIP-595: what the client read last is not in this log any more, as after a cut tail. */
function findDivergence(log: PartitionLog, target: FetchTarget): FetchResult['diverging'] {
  if (target.lastFetchedEpoch < 0) return undefined
  const end = log.endOffsetForEpoch(target.lastFetchedEpoch)
  if (end.leaderEpoch < 0 || end.endOffset < 0) return undefined
  const isDiverging = end.leaderEpoch < target.lastFetchedEpoch || end.endOffset < target.fetchOffset
  return isDiverging ? end : undefined
}

function failed(target: FetchTarget, error: ErrorName, log?: PartitionLog): FetchResult {
  return { target, error, log, readableEnd: -1, records: undefined, diverging: undefined, aborted: [] }
}

function newsOf({ error, records, diverging, log }: FetchResult): FetchNews {
  return {
    hasError: error !== 'NONE' || diverging !== undefined,
    hasRecords: records !== undefined,
    highWatermark: log?.highWatermark ?? -1,
    logStartOffset: log?.logStartOffset ?? -1,
  }
}

function group(results: readonly FetchResult[]): ResponseTopic[] {
  const topics: (ResponseTopic & { partitions: ResponsePartition[] })[] = []
  for (const result of results) {
    const { topic, topicId } = result.target
    const last = topics.at(-1)
    const partition = toResponse(result)
    if (last !== undefined && last.topic === topic && last.topicId === topicId)
      last.partitions.push(partition)
    else topics.push({ topic, topicId, partitions: [partition] })
  }
  return topics
}

function toResponse({ target, error, log, records, diverging, aborted }: FetchResult): ResponsePartition {
  if (error !== 'NONE') {
    return {
      partitionIndex: target.partition,
      errorCode: errorCode(error),
      highWatermark: -1,
      records: noRecords,
    }
  }
  return {
    partitionIndex: target.partition,
    highWatermark: log?.highWatermark ?? -1,
    lastStableOffset: log?.lastStableOffset ?? -1,
    logStartOffset: log?.logStartOffset ?? -1,
    ...(diverging === undefined
      ? {}
      : { divergingEpoch: { epoch: diverging.leaderEpoch, endOffset: diverging.endOffset } }),
    abortedTransactions: aborted.length === 0 ? null : [...aborted],
    records: records ?? noRecords,
  }
}
