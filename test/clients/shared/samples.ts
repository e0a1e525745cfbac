// The records that a client for Node produces and must read back equal, and the names it uses. Pure, but for names.

import assert from 'node:assert/strict'

/** What a record holds; `null` is Kafka's null. */
export interface Sample {
  readonly key: string | null
  readonly value: string | null
  /** In order; a name may occur twice. */
  readonly headers: readonly (readonly [name: string, value: string | null])[]
  /** Milliseconds since 1970. */
  readonly timestampMs: number
}

/** Keys and the partition of three that murmur2 gives them, the same in every client. */
export const KEYS: ReadonlyMap<string, number> = new Map([
  ['order-1', 1],
  ['order-2', 0],
  ['order-4', 2],
  ['Müller', 1],
  ['日本語', 1],
  ['🧵', 2],
])

const START_MS = 1_700_000_000_000

/** Keyed and keyless records, tombstones, empty values, headers in all forms. Null header values only where asked for. */
export function samples(
  count: number,
  options: { nullHeaders: boolean; repeatedHeaders: boolean },
): Sample[] {
  const keys = [...KEYS.keys()]
  return Array.from({ length: count }, (_, i) => ({
    key: i % 5 === 4 ? null : keys[i % keys.length]!,
    value: i % 7 === 6 ? null : i % 11 === 10 ? '' : `value-${i} ✓ ${'x'.repeat(i)}`,
    headers: i % 3 === 0 ? [] : sampleHeaders(i, options),
    timestampMs: START_MS + i * 1000,
  }))
}

function sampleHeaders(
  i: number,
  options: { nullHeaders: boolean; repeatedHeaders: boolean },
): [string, string | null][] {
  const headers: [string, string | null][] = [
    ['trace', `t-${i}`],
    ['empty', ''],
    ['ünïcode', '🧵'],
  ]
  if (options.repeatedHeaders) headers.splice(2, 0, ['trace', 'again'])
  if (options.nullHeaders) headers.push(['null', null])
  return headers
}

/** Compares what was read with what was sent, both by `partition/offset`. */
export function sameRecords(sent: ReadonlyMap<string, Sample>, read: ReadonlyMap<string, Sample>): void {
  assert.equal(read.size, sent.size, 'records read')
  for (const [place, sample] of sent) assert.deepEqual(read.get(place), sample, `record at ${place}`)
}

let names = 0

/** Whether a name was made by {@link uniqueName} in this run. */
export function isOwnName(name: string): boolean {
  return name.startsWith(`node-${runId}-`)
}

/** A name for a topic or group that no other run and no other check uses. */
export function uniqueName(what: string): string {
  names++
  return `node-${runId}-${what}-${names}`
}

const runId = `${process.pid}-${Date.now().toString(36)}`
