/**
 * How far long work is, on the last line of the terminal: a bar where the end is known, else what has been done so
 * far. Nothing where stderr is no terminal, or the work is short.
 */
import type { Clock } from '#base/clock.ts'
import { setStatus } from './output.ts'

/** Work that ends before this shows nothing. */
const showAfterMs = 500
const redrawMs = 100

export interface ProgressOptions {
  /** Of what there is, or bytes. */
  readonly unit: 'records' | 'bytes'
  /** undefined: nobody knows. */
  readonly total: number | undefined
}

export class Progress {
  readonly #clock: Clock
  readonly #options: ProgressOptions
  readonly #isShown: boolean
  readonly #startedMs: number
  #drawnMs: number
  #done = 0

  constructor(clock: Clock, options: ProgressOptions, isShown = process.stderr.isTTY) {
    this.#clock = clock
    this.#options = options
    this.#isShown = isShown
    this.#startedMs = clock.monotonicMs()
    this.#drawnMs = this.#startedMs + showAfterMs - redrawMs
  }

  advance(count: number): void {
    this.#done += count
    if (!this.#isShown) return
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#drawnMs < redrawMs) return
    this.#drawnMs = nowMs
    const columns = process.stderr.columns ?? 80
    setStatus(formatProgress(this.#done, nowMs - this.#startedMs, this.#options).slice(0, columns - 1))
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isShown) setStatus(undefined)
  }
}

const barColumns = 20

/** Pure. @param done in units, as `total` */
export function formatProgress(done: number, elapsedMs: number, { unit, total }: ProgressOptions): string {
  const amount = (count: number): string =>
    unit === 'bytes' ? formatBytes(count) : count.toLocaleString('en')
  const perSecond = elapsedMs === 0 ? 0 : Math.round((done * 1000) / elapsedMs)
  const rate = unit === 'bytes' ? `${amount(perSecond)}/s` : `${amount(perSecond)} ${unit}/s`
  if (total === undefined || total === 0)
    return `${amount(done)}${unit === 'bytes' ? '' : ` ${unit}`}, ${rate}`
  const part = Math.min(done / total, 1)
  const filled = Math.round(part * barColumns)
  const bar = '#'.repeat(filled) + '-'.repeat(barColumns - filled)
  const left = part === 0 ? '' : `, ${formatSeconds((elapsedMs / part - elapsedMs) / 1000)} left`
  return `[${bar}] ${Math.floor(part * 100)}%  ${amount(done)} of ${amount(total)}, ${rate}${left}`
}

function formatBytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
