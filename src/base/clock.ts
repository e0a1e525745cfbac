/**
 * Time as a port. Everything that waits, expires or stamps takes a Clock, so that a test can move time
 * and a failure replays. SystemClock is the only place that reads the machine's clock.
 */
export interface Timer {
  /** Idempotent; after it the callback does not run. */
  cancel(): void
}

export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. May step backwards when the machine's clock is set. */
  nowMs(): number
  /** Monotonic milliseconds with a fraction, for durations. Its zero means nothing. */
  monotonicMs(): number
  /** Runs `callback` once after `delayMs` (clamped to [0, 2^31-1]). Does not keep the process alive. */
  after(delayMs: number, callback: () => void): Timer
  /** Resolves after `delayMs`. */
  sleep(delayMs: number): Promise<void>
}

const maxDelayMs = 2 ** 31 - 1

export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now()
  }

  monotonicMs(): number {
    return performance.now()
  }

  after(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, Math.min(Math.max(delayMs, 0), maxDelayMs))
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise(resolve => {
      this.after(delayMs, resolve)
    })
  }
}

/**
 * A clock that stands still until `advance`. Timers run in order of their deadline, then of their creation;
 * between two timers the microtask queue is drained, so that promise chains they started can arm new timers.
 */
export class FakeClock implements Clock {
  #nowMs: number
  #startMs: number
  #sequence = 0
  #timers: { atMs: number; sequence: number; callback: () => void }[] = []

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs
    this.#startMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.#nowMs + Math.max(delayMs, 0), sequence: this.#sequence++, callback }
    this.#timers.push(timer)
    return {
      cancel: () => {
        const index = this.#timers.indexOf(timer)
        if (index >= 0) this.#timers.splice(index, 1)
      },
    }
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise(resolve => {
      this.after(delayMs, resolve)
    })
  }

  /** Number of armed timers. */
  get pendingCount(): number {
    return this.#timers.length
  }

  /** Moves time forward and runs every timer that is due on the way, each at its own time. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs
    await settle()
    for (;;) {
      const next = this.#timers
        .filter(timer => timer.atMs <= endMs)
        .sort((a, b) => a.atMs - b.atMs || a.sequence - b.sequence)[0]
      if (next === undefined) break
      this.#timers.splice(this.#timers.indexOf(next), 1)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.callback()
      await settle()
    }
    this.#nowMs = endMs
  }
}

/** One turn of the event loop: all microtasks queued now, and those they queue, have run. */
function settle(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}

/** Runs `callback` when the input that is ready now was handled: what gathers the work of one turn uses it. */
export function afterThisTurn(callback: () => void): void {
  setImmediate(callback)
}
