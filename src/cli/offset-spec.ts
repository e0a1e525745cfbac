/**
 * Places in a partition as users name them, in the habits of rpk and kcat. Pure.
 *
 *     start | earliest   end | latest   47   +10 (after the start)   -10 (before the end)
 *     @1700000000000 (ms)   @2026-03-04   @2026-03-04T05:06:07Z   @-1h (that long ago)
 */
import { UsageError } from './failure.ts'

export type OffsetSpec =
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'exact' | 'afterStart' | 'beforeEnd'; readonly count: number }
  | { readonly kind: 'timestamp'; readonly timestampMs: number }

export const offsetSpecHelp = 'start, end, N, +N (after the start), -N (before the end), @TIME'

/** @throws UsageError */
export function parseOffsetSpec(text: string, nowMs: number): OffsetSpec {
  if (text === 'start' || text === 'earliest' || text === 'beginning') return { kind: 'start' }
  if (text === 'end' || text === 'latest') return { kind: 'end' }
  if (text.startsWith('@')) return { kind: 'timestamp', timestampMs: parseTime(text.slice(1), nowMs) }
  const match = /^([+-]?)(\d+)$/.exec(text)
  const count = Number(match?.[2])
  if (match === null || !Number.isSafeInteger(count)) {
    throw new UsageError(`'${text}' is no offset; it is one of ${offsetSpecHelp}`)
  }
  return { kind: match[1] === '+' ? 'afterStart' : match[1] === '-' ? 'beforeEnd' : 'exact', count }
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** @throws UsageError */
function parseTime(text: string, nowMs: number): number {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  const ago = /^-(\d+)(ms|s|m|h|d)$/.exec(text)
  if (ago !== null) return Math.max(nowMs - Number(ago[1]) * unitMs[ago[2]!]!, 0)
  // Other forms that Date.parse takes differ between engines, or are read as local time without saying so.
  const isIso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/.test(text)
  const timestampMs = isIso ? Date.parse(text) : Number.NaN
  if (Number.isNaN(timestampMs)) {
    throw new UsageError(
      `'@${text}' is no time; it is @MILLISECONDS, @2026-03-04, @2026-03-04T05:06:07Z or @-1h (ms, s, m, h, d ago)`,
    )
  }
  return Math.max(timestampMs, 0)
}
