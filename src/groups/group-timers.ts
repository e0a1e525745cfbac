/**
 * The timers of one group, by key. Most of them are sessions that every heartbeat pushes on, so a timer that was
 * pushed on is left to fire and only then set for the rest. An empty group has none.
 */
import type { Clock, Timer } from '#base/clock.ts'
import type { TimedCommand } from './classic-commands.ts'
import type { TimerKey } from './classic-decision.ts'

/** A timer that ran out; whoever acts on it checks with `take` that nothing has replaced it meanwhile. */
export interface DueTimer {
  readonly key: TimerKey
  readonly command: TimedCommand
}

interface Entry {
  readonly key: TimerKey
  command: TimedCommand
  /** Monotonic milliseconds. */
  deadlineMs: number
  wakeMs: number
  timer: Timer | undefined
}

export class GroupTimers {
  readonly #clock: Clock
  readonly #onDue: (due: DueTimer) => void
  readonly #entries = new Map<TimerKey, Entry>()

  constructor(clock: Clock, onDue: (due: DueTimer) => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  get size(): number {
    return this.#entries.size
  }

  schedule(key: TimerKey, delayMs: number, command: TimedCommand): void {
    const deadlineMs = this.#clock.monotonicMs() + Math.max(delayMs, 0)
    const present = this.#entries.get(key)
    if (present?.timer !== undefined && present.wakeMs <= deadlineMs) {
      present.deadlineMs = deadlineMs
      present.command = command
      return
    }
    this.cancel(key)
    const entry: Entry = { key, command, deadlineMs, wakeMs: deadlineMs, timer: undefined }
    this.#entries.set(key, entry)
    this.#arm(entry)
  }

  cancel(key: TimerKey): void {
    this.#entries.get(key)?.timer?.cancel()
    this.#entries.delete(key)
  }

  cancelAll(): void {
    for (const entry of this.#entries.values()) entry.timer?.cancel()
    this.#entries.clear()
  }

  /** False: it was cancelled or scheduled anew since it ran out, and means nothing any more. */
  take(due: DueTimer): boolean {
    if (this.#entries.get(due.key) !== due) return false
    this.#entries.delete(due.key)
    return true
  }

  #arm(entry: Entry): void {
    entry.wakeMs = entry.deadlineMs
    entry.timer = this.#clock.after(entry.deadlineMs - this.#clock.monotonicMs(), () => {
      if (this.#clock.monotonicMs() < entry.deadlineMs) {
        this.#arm(entry)
        return
      }
      entry.timer = undefined
      this.#onDue(entry)
    })
  }
}
