/**
 * Places in a partition as users name them, in the habits of rpk and kcat. Pure.
 *
 *     start | earliest   end | latest   47   +10 (after the start)   -10 (before the end)
 *     @1700000000000 (ms)   @2026-03-04   @2026-03-04T05:06:07Z   @-1h (that long ago)
 *
 * And ranges of two such places: 10:20   -5:end   @-1h:@-30m   :@2026-03-04
 */
import { UsageError } from './failure.ts'

export type OffsetSpec =
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'exact' | 'afterStart' | 'beforeEnd'; readonly count: number }
  | { readonly kind: 'timestamp'; readonly timestampMs: number }

/** `to` is not part of it; undefined: there is no end. */
export interface OffsetRange {
  readonly from: OffsetSpec
  readonly to: OffsetSpec | undefined
}

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

/**
 * A place to begin, or FROM:TO. What is left out is the start and the end of the partition.
 * @throws UsageError
 */
export function parseOffsetRange(text: string, nowMs: number): OffsetRange {
  // Times have colons too: what is a place as a whole is one, and of the colons the first that parts two places counts.
  const whole = tryParse(text, nowMs)
  if (whole !== undefined) return { from: whole, to: undefined }
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    const from = tryParse(text.slice(0, colon) || 'start', nowMs)
    const to = tryParse(text.slice(colon + 1) || 'end', nowMs)
    if (from !== undefined && to !== undefined) return { from, to }
  }
  throw new UsageError(`'${text}' is no offset; it is one of ${offsetSpecHelp}, or a range FROM:TO of these`)
}

function tryParse(text: string, nowMs: number): OffsetSpec | undefined {
  try {
    return parseOffsetSpec(text, nowMs)
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
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
