/** `odradek produce`: the records of files or of standard input, to one topic or to several. */
import { Command, Option } from 'commander'
import { type Clock, SystemClock } from '#base/clock.ts'
import type { Cluster } from '#client/cluster.ts'
import { Producer, type SentRecord } from '#client/producer.ts'
import { type Codec, codecs } from '#protocol/record-batch.ts'
import type { RecordHeader } from '#protocol/records.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../cluster-command.ts'
import { Deliveries } from '../deliveries.ts'
import { UsageError } from '../failure.ts'
import { parseHeader } from '../header-text.ts'
import { type InputFile, inputFiles } from '../input-files.ts'
import type { InputRecord } from '../input-tokens.ts'
import { onInterrupt } from '../interrupt.ts'
import { listed, wholeNumber } from '../option-parsers.ts'
import { print, printJson } from '../output.ts'
import { Progress } from '../progress.ts'
import { compileInput, type RecordInput, wholeInput } from '../record-input.ts'

interface ProduceOptions extends ClusterCommandOptions {
  readonly format?: string
  readonly whole?: true
  readonly input?: readonly string[]
  readonly key?: string
  readonly keyDelimiter?: string
  readonly header?: readonly string[]
  readonly partition?: number
  readonly compression: Codec
  readonly tombstone?: true
  readonly autoCreate?: true
}

const formatHelp = `
Format: %v value, %k key, %h headers (a=b,c=d), %T timestamp (ms), %p partition, %t topic, %%; \\n \\t \\r \\0 \\\\ \\xHH.
%k{hex}, %k{base64} and %k{json} are decoded, %v likewise. %K and %V are the sizes of the key and the value that
follow, so that any byte may stand in these; -1 is none. The text at the end of the format ends a record.
'json' reads what 'odradek consume --json' prints.

  odradek consume a -e --json | odradek produce b -f json          copies a topic, with timestamps and partitions
  odradek produce t -i photo.jpg --whole -k photo                  one record of a file`

export function produceCommand(): Command {
  const command = new Command('produce')
    .description('Send records: by default, every line of standard input is the value of one.')
    .argument('[topic]', 'may be left out where each record names its own')
    .addOption(
      new Option('-f, --format <format>', "how records stand in the input (default: '%v\\n')").conflicts([
        'keyDelimiter',
        'whole',
      ]),
    )
    .option('-i, --input <file>', "read this file, '-' is standard input; can be repeated", listed)
    .option('-w, --whole', 'each input is one value, whatever bytes it has')
    .addOption(new Option('-k, --key <key>', 'key of records without one').conflicts('keyDelimiter'))
    .option(
      '-K, --key-delimiter <text>',
      "each line is a key, this, and a value; '\\t' and the like are known",
    )
    .option('-H, --header <name=value>', 'a header of all records; can be repeated', listed)
    .option(
      '-p, --partition <partition>',
      "partition of all records (default: by key, without a key the client's choice)",
      wholeNumber(0),
    )
    .addOption(new Option('-z, --compression <codec>', 'codec').choices(codecs).default('none'))
    .option('-Z, --tombstone', 'an empty value is none: a tombstone')
    .option('--auto-create', 'let the broker create the topic')
    .addHelpText('after', formatHelp)
  return withClusterOptions(command, 'one JSON object for each record that is stored').action(
    (topic: string | undefined, options: ProduceOptions) =>
      withCluster(options, cluster => produce(cluster, topic, options)),
  )
}

async function produce(cluster: Cluster, topic: string | undefined, options: ProduceOptions): Promise<void> {
  const newInput = options.whole ? wholeInput : compileInput(formatOf(options))
  const files = await inputFiles(options.input ?? [])
  const sender = new Sender(cluster, topic, options)
  if (topic !== undefined) await sender.start(topic)

  // After the first failure nothing more is read: what is under way is waited for, and the failure told.
  const failed = new AbortController()
  const deliveries = new Deliveries(() => failed.abort())
  const stop = AbortSignal.any([onInterrupt(), failed.signal])
  const progress = progressOf(cluster.clock, files)
  let failure: unknown
  try {
    for (const file of files) {
      const input = newInput()
      for await (const records of recordsOf(file, input, stop, progress)) {
        for (const record of records) {
          if (stop.aborted) break
          await sender.ready(record)
          deliveries.add(sender.send(record))
        }
      }
    }
  } catch (error) {
    failure = error
  }
  await deliveries.settled()
  progress.end()
  const summary = deliveries.summary()
  if (!options.json && summary !== undefined) await print(summary)
  if (deliveries.failure !== undefined) throw deliveries.failure
  if (failure !== undefined) throw failure
}

function formatOf({ format, keyDelimiter }: ProduceOptions): string {
  if (keyDelimiter === undefined) return format ?? '%v\\n'
  if (keyDelimiter === '') throw new UsageError('the key delimiter is empty')
  return `%k${keyDelimiter.replaceAll('%', '%%')}%v\\n`
}

/** Bytes of files, or, where somebody types or another program writes, records. */
function progressOf(clock: Clock, files: readonly InputFile[]): Progress {
  const sizes = files.map(({ sizeInBytes }) => sizeInBytes)
  const total = sizes.every(size => size !== undefined)
    ? sizes.reduce((sum, size) => sum + size, 0)
    : undefined
  const isTyped = process.stdin.isTTY && total === undefined
  return new Progress(clock, { unit: 'bytes', total }, process.stderr.isTTY && !isTyped)
}

/** Until the end of the input, or until `stop`. */
async function* recordsOf(
  file: InputFile,
  input: RecordInput,
  stop: AbortSignal,
  progress: Progress,
): AsyncGenerator<InputRecord[]> {
  try {
    for await (const chunk of file.open(stop)) {
      if (stop.aborted) return
      yield input.push(chunk)
      progress.advance(chunk.length)
    }
    if (!stop.aborted) yield input.end()
  } catch (error) {
    // An interrupted read is the end of the input, but not of a record.
    if (stop.aborted) return
    if (file.name === undefined) throw error
    throw new Error(`${file.name}: ${(error as Error).message}`, { cause: error })
  }
}

/** Turns what was read into what is sent. */
class Sender {
  readonly #clock = new SystemClock()
  readonly #producer: Producer
  readonly #topic: string | undefined
  readonly #options: ProduceOptions
  readonly #key: Buffer | null
  readonly #headers: readonly RecordHeader[]
  readonly #started = new Set<string>()

  constructor(cluster: Cluster, topic: string | undefined, options: ProduceOptions) {
    this.#topic = topic
    this.#options = options
    this.#key = options.key === undefined ? null : Buffer.from(options.key)
    this.#headers = (options.header ?? []).map(parseHeader)
    this.#producer = new Producer(cluster, {
      codec: options.compression,
      autoCreateTopics: options.autoCreate === true,
    })
  }

  async start(topic: string): Promise<void> {
    if (this.#started.has(topic)) return
    await this.#producer.start(topic)
    this.#started.add(topic)
  }

  /** Finds the record's topic, and waits for room. */
  async ready(read: InputRecord): Promise<void> {
    await this.start(this.#topicOf(read))
    await this.#producer.ready()
  }

  async send(read: InputRecord): Promise<SentRecord> {
    const { key, value, headers } = read
    const sent = await this.#producer.send({
      topic: this.#topicOf(read),
      partition: this.#options.partition ?? read.partition,
      key: key ?? this.#key,
      value: this.#options.tombstone && value?.length === 0 ? null : value,
      headers: [...headers, ...this.#headers],
      timestampMs: read.timestampMs ?? this.#clock.nowMs(),
    })
    if (this.#options.json) await printJson(sent)
    return sent
  }

  #topicOf({ topic }: InputRecord): string {
    const name = this.#topic ?? topic
    if (name === undefined) throw new UsageError('a topic is missing: on the command line, or in each record')
    return name
  }
}
