/**
 * The long poll of Fetch: waits until one of the partitions has something new, the time is up or the client is gone.
 */
import type { Clock } from '#base/clock.ts'
import type { Isolation, PartitionLog } from '#log/partition-log.ts'

interface Watched {
  readonly log: PartitionLog | undefined
  /** End of what could be read when the caller looked. */
  readonly readableEnd: number
}

export function waitForProgress(
  watched: readonly Watched[],
  isolation: Isolation,
  maxWaitMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  return new Promise(resolve => {
    const ends: (() => void)[] = []
    const done = (): void => {
      signal.removeEventListener('abort', done)
      timer.cancel()
      for (const end of ends) end()
      resolve()
    }
    const timer = clock.after(maxWaitMs, done)
    signal.addEventListener('abort', done)
    for (const { log, readableEnd } of watched) {
      if (log === undefined) continue
      // It may have moved between the look and this line.
      const end = isolation === 'read_committed' ? log.lastStableOffset : log.highWatermark
      if (end !== readableEnd) return done()
      ends.push(log.watch(done))
    }
  })
}
