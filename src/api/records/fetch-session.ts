/**
 * Incremental fetch sessions (KIP-227): the broker remembers which partitions a consumer follows and from where, so
 * that a request names only what changed and an answer only what has news. Kept in memory; a client whose session is
 * forgotten begins a new one.
 */
import type { Clock } from '#base/clock.ts'
import type { Random } from '#base/random.ts'

/** What a client wants of one partition. `topic` and `topicId`: the one that the request's version carries. */
export interface FetchTarget {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly fetchOffset: number
  readonly maxBytes: number
  readonly currentLeaderEpoch: number
  readonly lastFetchedEpoch: number
}

/** What of an answer decides whether it is news. */
export interface FetchNews {
  readonly hasError: boolean
  readonly hasRecords: boolean
  readonly highWatermark: number
  readonly logStartOffset: number
}

interface SessionPartition {
  target: FetchTarget
  /** As last told to the client; -1 where it must be told again. */
  highWatermark: number
  logStartOffset: number
}

interface Session {
  readonly id: number
  readonly usesTopicIds: boolean
  epoch: number
  lastUsedMs: number
  /** In the order of service: a partition that had records goes to the end, so that none starves. */
  readonly partitions: Map<string, SessionPartition>
}

export interface FetchRequestSession {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly usesTopicIds: boolean
  readonly targets: readonly FetchTarget[]
  readonly forgotten: readonly Pick<FetchTarget, 'topic' | 'topicId' | 'partition'>[]
}

export type FetchContext =
  | {
      readonly error:
        | 'FETCH_SESSION_ID_NOT_FOUND'
        | 'INVALID_FETCH_SESSION_EPOCH'
        | 'FETCH_SESSION_TOPIC_ID_ERROR'
    }
  | {
      readonly error: 'NONE'
      /** 0: no session. */
      readonly sessionId: number
      readonly targets: readonly FetchTarget[]
      /** Whether this partition's answer goes to the client. Remembers what the client was told. */
      readonly tells: (target: FetchTarget, news: FetchNews) => boolean
    }

/** Sent with a full request that opens a session. */
const initialEpoch = 0
/** Sent with a full request that wants none, or that closes the one it names. */
const finalEpoch = -1
const maxEpoch = 2 ** 31 - 1

export class FetchSessions {
  readonly #clock: Clock
  readonly #random: Random
  readonly #maxCount: () => number
  readonly #evictionMs: () => number
  /** Least recently used first. */
  readonly #sessions = new Map<number, Session>()

  /**
   * @param maxCount max.incremental.fetch.session.cache.slots
   * @param evictionMs min.incremental.fetch.session.eviction.ms: a session used since then is not pushed out
   */
  constructor(clock: Clock, random: Random, maxCount: () => number, evictionMs: () => number) {
    this.#clock = clock
    this.#random = random
    this.#maxCount = maxCount
    this.#evictionMs = evictionMs
  }

  get count(): number {
    return this.#sessions.size
  }

  begin(request: FetchRequestSession): FetchContext {
    if (request.sessionEpoch === finalEpoch || request.sessionEpoch === initialEpoch) {
      this.#sessions.delete(request.sessionId)
      if (request.sessionEpoch === finalEpoch) return withoutSession(request.targets)
      return this.#open(request)
    }
    const session = this.#sessions.get(request.sessionId)
    if (session === undefined) return { error: 'FETCH_SESSION_ID_NOT_FOUND' }
    if (session.epoch !== request.sessionEpoch) return { error: 'INVALID_FETCH_SESSION_EPOCH' }
    if (session.usesTopicIds !== request.usesTopicIds) return { error: 'FETCH_SESSION_TOPIC_ID_ERROR' }
    return this.#continue(session, request)
  }

  #open(request: FetchRequestSession): FetchContext {
    const partitions = new Map<string, SessionPartition>()
    for (const target of request.targets) {
      partitions.set(keyOf(target), { target, highWatermark: -1, logStartOffset: -1 })
    }
    if (partitions.size === 0 || !this.#makeRoom()) return withoutSession(request.targets)
    const session: Session = {
      id: this.#newId(),
      usesTopicIds: request.usesTopicIds,
      epoch: 1,
      lastUsedMs: this.#clock.nowMs(),
      partitions,
    }
    this.#sessions.set(session.id, session)
    return {
      error: 'NONE',
      sessionId: session.id,
      targets: request.targets,
      tells: (target, news) => {
        remember(session, target, news)
        return true
      },
    }
  }

  #continue(session: Session, request: FetchRequestSession): FetchContext {
    for (const target of request.targets) {
      const known = session.partitions.get(keyOf(target))
      if (known === undefined) {
        session.partitions.set(keyOf(target), { target, highWatermark: -1, logStartOffset: -1 })
      } else {
        known.target = target
      }
    }
    for (const target of request.forgotten) session.partitions.delete(keyOf(target))
    this.#sessions.delete(session.id)
    if (session.partitions.size === 0) return withoutSession(request.targets)
    this.#sessions.set(session.id, session)
    session.epoch = session.epoch === maxEpoch ? 1 : session.epoch + 1
    session.lastUsedMs = this.#clock.nowMs()
    return {
      error: 'NONE',
      sessionId: session.id,
      targets: [...session.partitions.values()].map(partition => partition.target),
      tells: (target, news) => remember(session, target, news),
    }
  }

  #makeRoom(): boolean {
    if (this.#sessions.size < this.#maxCount()) return true
    const oldest = this.#sessions.values().next().value
    if (oldest === undefined || this.#clock.nowMs() - oldest.lastUsedMs < this.#evictionMs()) return false
    this.#sessions.delete(oldest.id)
    return true
  }

  #newId(): number {
    for (;;) {
      const id = 1 + this.#random.below(maxEpoch - 1)
      if (!this.#sessions.has(id)) return id
    }
  }
}

function withoutSession(targets: readonly FetchTarget[]): FetchContext {
  return { error: 'NONE', sessionId: 0, targets, tells: () => true }
}

function keyOf(target: Pick<FetchTarget, 'topic' | 'topicId' | 'partition'>): string {
  return `${target.topicId}/${target.topic}/${target.partition}`
}

function remember(session: Session, target: FetchTarget, news: FetchNews): boolean {
  const key = keyOf(target)
  const known = session.partitions.get(key)
  if (known === undefined) return true
  const tells =
    news.hasError ||
    news.hasRecords ||
    known.highWatermark !== news.highWatermark ||
    known.logStartOffset !== news.logStartOffset
  // After an error the client is told the offsets again once they are known.
  known.highWatermark = news.hasError ? -1 : news.highWatermark
  known.logStartOffset = news.hasError ? -1 : news.logStartOffset
  if (news.hasRecords) {
    session.partitions.delete(key)
    session.partitions.set(key, known)
  }
  return tells
}
