/**
 * JoinGroup and SyncGroup requests that wait for a group, by number. A request is answered once; one whose connection
 * is gone is let go at once, and the answer that its group still has for it goes nowhere.
 */
import { deferred, type Deferred } from '#base/deferred.ts'
import { joinError, syncError, type JoinResult, type SyncResult } from './classic-commands.ts'
import type { Reply } from './classic-decision.ts'

interface Waiting {
  readonly answer: (reply: Reply) => void
  readonly fail: () => void
}

/** The answer, or undefined when the connection closed first. */
export interface WaitingRequest<Result> {
  readonly requestId: number
  readonly result: Promise<Result | undefined>
}

export class WaitingRequests {
  readonly #waiting = new Map<number, Waiting>()
  #nextRequestId = 1

  get size(): number {
    return this.#waiting.size
  }

  openJoin(signal: AbortSignal): WaitingRequest<JoinResult> {
    const outcome = deferred<JoinResult | undefined>()
    return this.#open(signal, outcome, joinError('NOT_COORDINATOR', ''), reply =>
      reply.type === 'join' ? reply.result : undefined,
    )
  }

  openSync(signal: AbortSignal): WaitingRequest<SyncResult> {
    const outcome = deferred<SyncResult | undefined>()
    return this.#open(signal, outcome, syncError('NOT_COORDINATOR'), reply =>
      reply.type === 'sync' ? reply.result : undefined,
    )
  }

  answer(reply: Reply): void {
    this.#waiting.get(reply.requestId)?.answer(reply)
  }

  /** At shutdown: all who wait are sent to look for their coordinator again. */
  failAll(): void {
    for (const waiting of this.#waiting.values()) waiting.fail()
  }

  #open<Result>(
    signal: AbortSignal,
    outcome: Deferred<Result | undefined>,
    failure: Result,
    resultOf: (reply: Reply) => Result | undefined,
  ): WaitingRequest<Result> {
    const requestId = this.#nextRequestId++
    const settle = (result: Result | undefined): void => {
      this.#waiting.delete(requestId)
      signal.removeEventListener('abort', letGo)
      outcome.resolve(result)
    }
    const letGo = (): void => settle(undefined)
    this.#waiting.set(requestId, {
      answer: reply => settle(resultOf(reply)),
      fail: () => settle(failure),
    })
    if (signal.aborted) letGo()
    else signal.addEventListener('abort', letGo)
    return { requestId, result: outcome.promise }
  }
}
