/** Reads partitions without a group, from a place that the user named. */
import { KafkaError } from '#client/client-error.ts'
import type { Cluster } from '#client/cluster.ts'
import type { IsolationLevel } from '#client/list-offsets.ts'
import { PartitionReader } from '#client/partition-reader.ts'
import { formatPartition, keyOf, type TopicPartition } from '#client/topic-partition-map.ts'
import { onInterrupt } from './interrupt.ts'
import type { OffsetRange } from './offset-spec.ts'
import { outputGone, say, unlessAborted } from './output.ts'
import { Progress } from './progress.ts'
import type { RecordPrinter } from './record-printer.ts'
import { type ResolvedRange, resolveRange } from './resolve-offsets.ts'

export interface AloneRequest {
  /** Names, or a pattern of names. */
  readonly topics: readonly string[] | RegExp
  /** undefined: all of them */
  readonly partitions: readonly number[] | undefined
  readonly range: OffsetRange
  readonly isolationLevel: IsolationLevel
  readonly exitAtEnd: boolean
  readonly printer: RecordPrinter
}

/** How often topics that match a pattern are looked for. */
const lookForTopicsMs = 5000

export async function consumeAlone(cluster: Cluster, request: AloneRequest): Promise<void> {
  const { printer, isolationLevel, exitAtEnd, range } = request
  const stop = AbortSignal.any([onInterrupt(), outputGone])
  const partitions = await choosePartitions(cluster, request)
  const hasEnd = exitAtEnd || range.to !== undefined
  const positions = (await resolveRange(cluster, partitions, range, isolationLevel, say)).map(position =>
    exitAtEnd ? { ...position, until: Math.min(position.until, position.end) } : position,
  )
  const untils = new Map(positions.map(position => [keyOf(position), position.until]))
  const reader = new PartitionReader(cluster, { isolationLevel })
  reader.assign(positions.filter(position => position.offset < position.until))
  const { topics } = request
  const newcomers =
    topics instanceof RegExp && !hasEnd
      ? new Newcomers(cluster, topics, request.partitions, partitions)
      : undefined
  const progress = new ReadingProgress(cluster, positions, printer)
  const isOver = (): boolean =>
    printer.isDone || stop.aborted || (reader.assignedCount === 0 && newcomers === undefined)
  while (!isOver()) {
    for (const at of (await newcomers?.look()) ?? []) reader.add({ ...at, offset: 0 })
    const fetched = await unlessAborted(reader.poll(), stop)
    for (const partition of fetched ?? []) {
      if (printer.isDone || stop.aborted) break
      const until = untils.get(keyOf(partition)) ?? Infinity
      progress.note(partition, await printer.print(partition, until))
      if (partition.nextOffset >= until) reader.remove(partition)
    }
  }
  progress.end()
}

async function choosePartitions(cluster: Cluster, request: AloneRequest): Promise<TopicPartition[]> {
  const { topics, exitAtEnd } = request
  const chosen: TopicPartition[] = []
  const found =
    topics instanceof RegExp
      ? await cluster.topicsLike(topics)
      : await Promise.all(topics.map(name => cluster.topic(name)))
  for (const { name, partitions } of found) {
    const there = partitions.map(({ partition }) => partition)
    for (const partition of request.partitions ?? there) {
      const at = { topic: name, partition }
      if (!there.includes(partition)) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', formatPartition(at))
      chosen.push(at)
    }
  }
  if (found.length === 0) {
    const nothing = `no topic's name matches ${String(topics)}`
    if (exitAtEnd) throw new Error(nothing)
    say(`${nothing} yet`)
  }
  return chosen
}

/** Partitions of topics that match a pattern and were not there before: read from their beginning. */
class Newcomers {
  readonly #cluster: Cluster
  readonly #pattern: RegExp
  /** undefined: all of them */
  readonly #numbers: readonly number[] | undefined
  readonly #known: Set<string>
  #lookedAtMs: number

  constructor(
    cluster: Cluster,
    pattern: RegExp,
    numbers: readonly number[] | undefined,
    known: readonly TopicPartition[],
  ) {
    this.#cluster = cluster
    this.#pattern = pattern
    this.#numbers = numbers
    this.#known = new Set(known.map(keyOf))
    this.#lookedAtMs = cluster.clock.monotonicMs()
  }

  async look(): Promise<TopicPartition[]> {
    const nowMs = this.#cluster.clock.monotonicMs()
    if (nowMs - this.#lookedAtMs < lookForTopicsMs) return []
    this.#lookedAtMs = nowMs
    const found = (await this.#cluster.topicsLike(this.#pattern)).flatMap(({ name, partitions }) =>
      partitions.map(({ partition }) => ({ topic: name, partition })),
    )
    const fresh = found.filter(
      at =>
        !this.#known.has(keyOf(at)) && (this.#numbers === undefined || this.#numbers.includes(at.partition)),
    )
    for (const at of fresh) this.#known.add(keyOf(at))
    return fresh
  }
}

/** For who writes records to a file: in a terminal they are progress enough. */
class ReadingProgress {
  readonly #progress: Progress
  readonly #printer: RecordPrinter
  /** Counts records; where all are wanted offsets, of which compaction and transactions leave some without a record. */
  readonly #countsRecords: boolean
  readonly #offsets: Map<string, number>
  #printed = 0

  constructor(cluster: Cluster, positions: readonly ResolvedRange[], printer: RecordPrinter) {
    const span = positions.reduce((sum, { offset, until }) => sum + Math.max(until - offset, 0), 0)
    const total = Math.min(span, printer.limit)
    const isShown = process.stderr.isTTY && !process.stdout.isTTY && total !== Infinity
    this.#progress = new Progress(cluster.clock, { unit: 'records', total }, isShown)
    this.#printer = printer
    this.#countsRecords = printer.limit < span
    this.#offsets = new Map(positions.map(position => [keyOf(position), position.offset]))
  }

  /** @param offset first of the partition that is not printed */
  note(at: TopicPartition, offset: number): void {
    const key = keyOf(at)
    const passed = offset - (this.#offsets.get(key) ?? 0)
    this.#offsets.set(key, offset)
    const printed = this.#printer.printedCount - this.#printed
    this.#printed += printed
    this.#progress.advance(this.#countsRecords ? printed : passed)
  }

  end(): void {
    this.#progress.end()
  }
}
