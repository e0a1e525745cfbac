/**
 * JoinGroup and SyncGroup requests that wait for a group, by number. A request is answered once; one whose connection
 * is gone, or whose broker stops, is let go at once, and the answer that its group still has for it goes nowhere.
 */
import { joinError, syncError, type JoinResult, type SyncResult } from './classic-commands.ts'
import type { Reply } from './classic-decision.ts'

interface Waiting {
  readonly answer: (reply: Reply) => void
  readonly letGo: () => void
}

export interface WaitingRequest<Result> {
  readonly requestId: number
  readonly result: Promise<Result>
}

export class WaitingRequests {
  readonly #waiting = new Map<number, Waiting>()
  #nextRequestId = 1

  get size(): number {
    return this.#waiting.size
  }

  openJoin(signal: AbortSignal): WaitingRequest<JoinResult> {
    const resultOf = (reply: Reply): JoinResult | undefined =>
      reply.type === 'join' ? reply.result : undefined
    return this.#open(signal, joinError('NOT_COORDINATOR', ''), resultOf)
  }

  openSync(signal: AbortSignal): WaitingRequest<SyncResult> {
    const resultOf = (reply: Reply): SyncResult | undefined =>
      reply.type === 'sync' ? reply.result : undefined
    return this.#open(signal, syncError('NOT_COORDINATOR'), resultOf)
  }

  answer(reply: Reply): void {
    this.#waiting.get(reply.requestId)?.answer(reply)
  }

  /** At shutdown: all who wait are sent to look for their coordinator again. */
  letAllGo(): void {
    for (const waiting of this.#waiting.values()) waiting.letGo()
  }

  /** `parting` is the answer to a request that is let go. */
  #open<Result>(
    signal: AbortSignal,
    parting: Result,
    resultOf: (reply: Reply) => Result | undefined,
  ): WaitingRequest<Result> {
    const requestId = this.#nextRequestId++
    const { promise, resolve } = Promise.withResolvers<Result>()
    const settle = (result: Result): void => {
      this.#waiting.delete(requestId)
      signal.removeEventListener('abort', letGo)
      resolve(result)
    }
    const letGo = (): void => settle(parting)
    this.#waiting.set(requestId, { answer: reply => settle(resultOf(reply) ?? parting), letGo })
    if (signal.aborted) letGo()
    else signal.addEventListener('abort', letGo)
    return { requestId, result: promise }
  }
}
