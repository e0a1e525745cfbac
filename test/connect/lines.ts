// Numbered lines: appended to a file that a source connector reads, found again in the file that a sink connector writes.

import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '#client/cluster.ts'
import { isTrue } from '../fault/checks.ts'
import { readTopic } from './cluster.ts'

const PAUSE_MS = 10

/** Appends lines to a file, which no two of have the same text, until it is told to end. */
export class LineWriter {
  readonly #path: string
  readonly #name: string
  #ended: Promise<void> | undefined
  #isEnding = false
  count = 0

  constructor(path: string, name: string) {
    this.#path = path
    this.#name = name
  }

  /** Some lines at once. */
  append(count: number): void {
    const lines = Array.from({ length: count }, (_, index) => `${this.#name} ${this.count + index}\n`)
    appendFileSync(this.#path, lines.join(''))
    this.count += count
  }

  /** A few lines every few milliseconds, in the background. */
  begin(linesAtOnce = 5): void {
    this.#isEnding = false
    this.#ended = (async () => {
      while (!this.#isEnding) {
        this.append(linesAtOnce)
        await sleep(PAUSE_MS)
      }
    })()
  }

  async end(): Promise<void> {
    this.#isEnding = true
    await this.#ended
  }

  /** All lines so far. */
  lines(): string[] {
    return Array.from({ length: this.count }, (_, index) => `${this.#name} ${index}`)
  }
}

/** The lines of a file; none where it is not there yet. What has no line feed behind it is no line. */
export async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').slice(0, -1)
}

/** How many different lines of `wanted` are in a file. */
export async function foundIn(path: string, wanted: ReadonlySet<string>): Promise<number> {
  return new Set((await linesOf(path)).filter(line => wanted.has(line))).size
}

/**
 * Every line of `wanted` came through topic and sink, none that was not written, and in the topic as in the sink the
 * first appearances of each partition's lines are in the order of the file. A line that comes again must come to the
 * same partition: topics with several of them need keys.
 * @returns the figures: duplicates are allowed, and counted
 */
export async function judgeLines(
  cluster: Cluster,
  topic: string,
  sinkPath: string,
  writers: readonly LineWriter[],
): Promise<string> {
  const places: Places = new Map(
    writers.flatMap((writer, index) =>
      writer.lines().map((line, number) => [line, { writer: index, number }] as const),
    ),
  )
  const partitions = await readTopic(cluster, topic)
  const partitionOf = new Map<string, number>()
  let inTopic = 0
  for (const [partition, records] of partitions.entries()) {
    const lines = records.map(({ value }) => String(value))
    inTopic += lines.length
    judgeOrder(lines, places, () => partition, `partition ${partition} of the topic`)
    for (const line of lines) if (!partitionOf.has(line)) partitionOf.set(line, partition)
  }
  judgeAll(partitionOf, places, 'the topic')
  const sunk = await linesOf(sinkPath)
  judgeOrder(sunk, places, line => partitionOf.get(line), 'the sink')
  judgeAll(new Set(sunk), places, 'the sink')
  return (
    `${places.size} lines, ${inTopic - places.size} twice in the topic, ` +
    `${sunk.length - inTopic} more in the sink`
  )
}

type Places = ReadonlyMap<string, { readonly writer: number; readonly number: number }>

function judgeAll(found: { has(line: string): boolean }, places: Places, where: string): void {
  const missing = [...places.keys()].filter(line => !found.has(line))
  isTrue(
    missing.length === 0,
    `${missing.length} of ${places.size} lines are not in ${where}, the first is ${JSON.stringify(missing[0])}`,
  )
}

/** A line that comes for the first time comes after all earlier lines of its writer and partition. */
function judgeOrder(
  lines: readonly string[],
  places: Places,
  partitionOf: (line: string) => number | undefined,
  where: string,
): void {
  const last = new Map<string, number>()
  const seen = new Set<string>()
  for (const line of lines) {
    const place = places.get(line)
    isTrue(
      place !== undefined,
      `${where} has a line that nobody wrote: ${JSON.stringify(line.slice(0, 100))}`,
    )
    if (seen.has(line)) continue
    seen.add(line)
    const key = `${place.writer} ${partitionOf(line)}`
    const before = last.get(key) ?? -1
    isTrue(place.number > before, `${where} has line ${place.number} for the first time after line ${before}`)
    last.set(key, place.number)
  }
}
