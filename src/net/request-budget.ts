/**
 * The memory for requests of all connections, from their first bytes to their answer, and how long a request may hold
 * room while its bytes do not come and others wait.
 *
 * Medium requests (a produced batch of the default max.message.bytes fits) and large ones have rooms of their own, so
 * that a few connections that announce 100 MB and stop do not keep everyday producers waiting. Small requests need no
 * room at all (connection.ts).
 */
import { ByteBudget } from '#base/byte-budget.ts'
import type { Clock } from '#base/clock.ts'

const mebibyte = 1024 * 1024
const maxMediumBytes = 2 * mebibyte
const mediumBudgetBytes = 64 * mebibyte
/** Above the largest single request by default, socket.request.max.bytes of 100 MiB. */
const largeBudgetBytes = 192 * mebibyte

/** While others wait, room is taken back from a frame whose bytes have stopped coming for so long. */
const maxStallMs = 30_000
/** However many wait: a client that sends at all pauses for less, and a broker that is busy must not close it. */
const minStallMs = 1_000
/** While others wait, a frame that keeps coming must come at this rate, in bytes per millisecond (1 MiB/s). */
const minRate = mebibyte / 1000

/** What a connection needs of it. */
export type FrameBudget = Pick<ByteBudget, 'take' | 'giveBack'>

interface Room {
  readonly budget: ByteBudget
  /** Since when each of those in line waits, the first one first. */
  readonly waiting: Set<{ readonly sinceMs: number }>
}

export class RequestBudget implements FrameBudget {
  readonly #clock: Clock
  readonly #medium: Room = { budget: new ByteBudget(mediumBudgetBytes), waiting: new Set() }
  readonly #large: Room = { budget: new ByteBudget(largeBudgetBytes), waiting: new Set() }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  take(byteCount: number, granted: () => void): () => void {
    const { budget, waiting } = this.#roomFor(byteCount)
    const waiter = { sinceMs: this.#clock.monotonicMs() }
    waiting.add(waiter)
    const leave = budget.take(byteCount, () => {
      waiting.delete(waiter)
      granted()
    })
    return () => {
      waiting.delete(waiter)
      leave()
    }
  }

  giveBack(byteCount: number): void {
    this.#roomFor(byteCount).budget.giveBack(byteCount)
  }

  /**
   * How long a frame of this size that holds room may pause; undefined while nobody waits for that room. The more wait,
   * and the longer, the shorter: all that wait now come to their turn within `maxStallMs` or so, also where all before
   * them stall.
   */
  stallLimitMs(frameBytes: number): number | undefined {
    const { budget, waiting } = this.#roomFor(frameBytes)
    const [first] = waiting
    if (first === undefined) return undefined
    const turns = Math.max(budget.waitingBytes / budget.totalBytes, 1)
    const waitedMs = this.#clock.monotonicMs() - first.sinceMs
    return Math.max((maxStallMs - waitedMs) / turns, minStallMs)
  }

  /** How long such a frame may take from its grant to its last byte; undefined while nobody waits for that room. */
  frameLimitMs(frameBytes: number): number | undefined {
    return this.stallLimitMs(frameBytes) === undefined ? undefined : maxStallMs + frameBytes / minRate
  }

  #roomFor(byteCount: number): Room {
    return byteCount <= maxMediumBytes ? this.#medium : this.#large
  }
}
