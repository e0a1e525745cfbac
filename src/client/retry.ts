/**
 * Tries again what may succeed the next time, after a pause that grows, until a deadline. The first error that no
 * second try can cure, and at the deadline the last one, goes to the caller.
 */
import type { Clock } from '#base/clock.ts'
import type { Random } from '#base/random.ts'
import { isRetriable } from './client-error.ts'

/** As Kafka's clients: retry.backoff.ms and retry.backoff.max.ms. */
const firstPauseMs = 100
const longestPauseMs = 1000

export interface RetryPorts {
  readonly clock: Clock
  readonly random: Random
}

/** The pause before try number `attempt` (the first retry is 1): doubled each time, with a fifth of jitter. */
export function backoffMs(attempt: number, random: Random): number {
  const pauseMs = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs)
  return Math.round(pauseMs * (0.8 + random.below(401) / 1000))
}

export interface RetryOptions {
  /** Measured from the first try; a try that has begun is not cut short. */
  readonly withinMs: number
  /** Called before each pause. */
  readonly onRetry?: (error: unknown) => void
  /** Decides instead of `isRetriable`. */
  readonly when?: (error: unknown) => boolean
}

export async function withRetries<Result>(
  { clock, random }: RetryPorts,
  { withinMs, onRetry, when = isRetriable }: RetryOptions,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const deadlineMs = clock.monotonicMs() + withinMs
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const pauseMs = backoffMs(tries, random)
      if (!when(error) || clock.monotonicMs() + pauseMs > deadlineMs) throw error
      onRetry?.(error)
      await clock.sleep(pauseMs)
    }
  }
}
