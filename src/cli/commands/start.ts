/**
 * `odradek start`: runs a broker until SIGTERM or SIGINT. stdout gets one line, `ready HOST:PORT`, when clients are
 * answered; the log goes to stderr.
 */
import { readFile } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { Command, InvalidArgumentError } from 'commander'
import type { Logger } from '#base/logger.ts'
import { Broker, type InternalBrokerOptions } from '#broker/broker.ts'
import { stderrLogger } from '#broker/stderr-logger.ts'

interface StartOptions {
  readonly listen?: string
  readonly data?: string
  readonly memory?: boolean
  readonly set: ReadonlyMap<string, string>
  readonly config?: string
  readonly logLevel: string
}

const defaultListen = '127.0.0.1:9092'
const defaultFolder = 'odradek-data'

export function startCommand(): Command {
  return new Command('start')
    .description('Run a broker until it is stopped by SIGTERM or SIGINT.')
    .option(
      '--listen <host:port>',
      `address to listen on; port 0 takes a free one (default: ${defaultListen})`,
    )
    .option('--data <folder>', `data folder, made where it does not exist (default: ./${defaultFolder})`)
    .option('--memory', 'keep everything in memory, gone at the end')
    .option('--set <config=value>', "a broker config by Kafka's name; can be repeated", addSetting, new Map())
    .option('--config <file>', 'a Kafka-style properties file; --set counts more')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action((options: StartOptions) => start(options))
}

async function start(options: StartOptions): Promise<void> {
  collectBuffersLessOften()
  const logger = stderrLogger(options.logLevel)
  const starting = Broker.start(await toBrokerOptions(options, logger))
  // Before it has started, too: clients are answered a moment before this function hears of it.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => stop(starting, signal, logger))
  }
  const broker = await starting
  process.stdout.write(`ready ${broker.bootstrapServers}\n`)
}

/**
 * The bytes of requests lie outside V8's heap. It collects its whole heap, small as it is, for every 64 MB of them,
 * which costs a loaded broker a sixth of its time. Counted together with the heap it does so a third as often, for
 * some 30 MB more. Flags may come and go with releases of V8, so only where it is known.
 */
function collectBuffersLessOften(): void {
  const [major] = process.versions.node.split('.')
  if (major === '26') setFlagsFromString('--external-memory-accounted-in-global-limit')
}

async function toBrokerOptions(options: StartOptions, logger: Logger): Promise<InternalBrokerOptions> {
  const properties = options.config === undefined ? undefined : await readFile(options.config, 'utf8')
  return {
    logger,
    defaults: { listen: defaultListen, folder: defaultFolder },
    set: Object.fromEntries(options.set),
    ...(properties === undefined ? {} : { properties }),
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    ...(options.memory === true
      ? { storage: 'memory' }
      : options.data === undefined
        ? {}
        : { storage: { folder: options.data } }),
  }
}

function stop(starting: Promise<Broker>, signal: string, logger: Logger): void {
  logger.info(`${signal}: the broker stops`)
  // A second signal, or one while this hangs, ends the process the ordinary way: nothing acknowledged is lost by it.
  const stopped = starting.then(broker => broker.close())
  stopped.then(
    () => {
      logger.info('the broker has stopped')
      process.exitCode = 0
      process.exit()
    },
    (error: unknown) => {
      logger.error('the broker could not stop in an orderly way; the next start checks its logs', { error })
      process.exit(1)
    },
  )
}

function addSetting(text: string, settings: Map<string, string>): Map<string, string> {
  const equals = text.indexOf('=')
  if (equals <= 0) throw new InvalidArgumentError('It must be KEY=VALUE, such as num.partitions=3.')
  return settings.set(text.slice(0, equals).trim(), text.slice(equals + 1))
}
