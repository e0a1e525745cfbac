/** `odradek produce`: every line of stdin becomes a record. */
import { Command, Option } from 'commander'
import { SystemClock } from '#base/clock.ts'
import type { Cluster } from '#client/cluster.ts'
import { Producer, type SentRecord } from '#client/producer.ts'
import { type Codec, codecs } from '#protocol/record-batch.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../cluster-command.ts'
import { unescape } from '../escapes.ts'
import { UsageError } from '../failure.ts'
import { onInterrupt } from '../interrupt.ts'
import { LineSplitter } from '../line-splitter.ts'
import { listed, wholeNumber } from '../option-parsers.ts'
import { print, say } from '../output.ts'
import { lineParser, parseHeader } from '../record-line.ts'
import { formatTable } from '../table.ts'

interface ProduceOptions extends ClusterCommandOptions {
  readonly key?: string
  readonly keyDelimiter?: string
  readonly header?: readonly string[]
  readonly partition?: number
  readonly compression: Codec
  readonly tombstone?: true
  readonly autoCreate?: true
}

export function produceCommand(): Command {
  const command = new Command('produce')
    .description('Send every line of standard input as a record.')
    .argument('<topic>')
    .addOption(new Option('-k, --key <key>', 'key of all records').conflicts('keyDelimiter'))
    .option(
      '-K, --key-delimiter <text>',
      "each line is a key, this, and a value; '\\t' and the like are known",
    )
    .option('-H, --header <name=value>', 'a header of all records; can be repeated', listed)
    .option(
      '-p, --partition <n>',
      "partition of all records (default: by key, without a key the client's choice)",
      wholeNumber(0),
    )
    .addOption(new Option('-z, --compression <codec>', 'codec').choices(codecs).default('none'))
    .option('-Z, --tombstone', 'an empty value is none: a tombstone')
    .option('--auto-create', 'let the broker create the topic')
  return withClusterOptions(command, 'one JSON object for each record that is stored').action(
    (topic: string, options: ProduceOptions) =>
      withCluster(options, cluster => produce(cluster, topic, options)),
  )
}

/** What has been stored, by partition. */
interface Stored {
  count: number
  first: number
  last: number
}

async function produce(cluster: Cluster, topic: string, options: ProduceOptions): Promise<void> {
  const clock = new SystemClock()
  const parse = lineParser({
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.keyDelimiter === undefined ? {} : { keyDelimiter: delimiter(options.keyDelimiter) }),
    tombstone: options.tombstone === true,
  })
  const headers = (options.header ?? []).map(parseHeader)
  const stored = new Map<number, Stored>()
  const onStored = async (sent: SentRecord): Promise<void> => {
    note(stored, sent)
    if (options.json) await print(`${JSON.stringify(sent)}\n`)
  }
  const producer = new Producer(cluster, {
    codec: options.compression,
    autoCreateTopics: options.autoCreate === true,
  })
  await producer.start(topic)

  // After the first failure nothing more is read: what is under way is waited for, and the failure told.
  const failed = new AbortController()
  const deliveries = new Deliveries(() => failed.abort())
  const stop = AbortSignal.any([onInterrupt(), failed.signal])
  let lineNumber = 0
  const send = async (line: Buffer): Promise<void> => {
    const { key, value } = parse(line, ++lineNumber)
    await producer.ready()
    const record = { topic, partition: options.partition, key, value, headers, timestampMs: clock.nowMs() }
    deliveries.add(producer.send(record).then(onStored))
  }
  let failure: unknown
  try {
    await forEachLine(stop, send)
  } catch (error) {
    failure = error
  }
  await deliveries.settled()
  if (!options.json && stored.size > 0) await print(summary(stored))
  if (deliveries.failure !== undefined) throw deliveries.failure
  if (failure !== undefined) throw failure
}

function delimiter(text: string): Buffer {
  const bytes = unescape(text)
  if (bytes.length === 0) throw new UsageError('the key delimiter is empty')
  return bytes
}

/** Until the end of stdin, or until `stop`. */
async function forEachLine(stop: AbortSignal, send: (line: Buffer) => Promise<void>): Promise<void> {
  if (process.stdin.isTTY) say('one record a line, Ctrl-D at the end')
  const splitter = new LineSplitter()
  stop.addEventListener('abort', () => process.stdin.destroy(), { once: true })
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      for (const line of splitter.push(chunk)) {
        if (stop.aborted) return
        await send(line)
      }
    }
  } catch (error) {
    // An interrupted read is the end of the input, but not of a line.
    if (stop.aborted) return
    throw error
  }
  const last = splitter.end()
  if (last !== undefined && !stop.aborted) await send(last)
}

/** Records that are under way, counted rather than kept: there may be many. */
class Deliveries {
  failure: unknown
  readonly #onFailure: () => void
  #openCount = 0
  #allSettled: (() => void) | undefined

  constructor(onFailure: () => void) {
    this.#onFailure = onFailure
  }

  add(delivery: Promise<void>): void {
    this.#openCount++
    delivery
      .catch((error: unknown) => {
        this.failure ??= error
        this.#onFailure()
      })
      .finally(() => {
        if (--this.#openCount === 0) this.#allSettled?.()
      })
  }

  settled(): Promise<void> {
    if (this.#openCount === 0) return Promise.resolve()
    return new Promise(resolve => {
      this.#allSettled = resolve
    })
  }
}

function note(stored: Map<number, Stored>, { partition, offset }: SentRecord): void {
  const sofar = stored.get(partition)
  if (sofar === undefined) {
    stored.set(partition, { count: 1, first: offset, last: offset })
    return
  }
  sofar.count++
  if (offset >= 0) sofar.last = offset
}

function summary(stored: ReadonlyMap<number, Stored>): string {
  const rows = [...stored]
    .sort(([a], [b]) => a - b)
    .map(([partition, { count, first, last }]) => [partition, count, first, last].map(String))
  const columns = ['PARTITION', 'RECORDS', 'FIRST', 'LAST'].map(title => ({ title, align: 'right' }) as const)
  return formatTable(columns, rows)
}
