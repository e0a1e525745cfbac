/**
 * What the commands that talk to a cluster have in common: the option that says where it is, and a client that is
 * closed at the end.
 */
import type { Command } from 'commander'
import { SystemClock } from '#base/clock.ts'
import type { Logger } from '#base/logger.ts'
import { SystemRandom } from '#base/random.ts'
import { Cluster } from '#client/cluster.ts'
import { parseAddresses } from './addresses.ts'
import { say } from './output.ts'
import { type BrokerChoice, chooseBrokers } from './profiles.ts'

const clientId = 'odradek-cli'

export interface ClusterCommandOptions extends BrokerChoice {
  readonly json?: true
}

/** Adds `--brokers`, `--profile` and `--json`. */
export function withClusterOptions(
  command: Command,
  jsonHelp = 'one JSON document instead of a table',
): Command {
  return command
    .option(
      '-b, --brokers <host:port,..>',
      'brokers to begin with (or ODRADEK_BROKERS; default: 127.0.0.1:9092)',
    )
    .option(
      '--profile <profile>',
      "a cluster of 'odradek profiles' (or ODRADEK_PROFILE; default: the current one)",
    )
    .option('--json', jsonHelp)
}

const logger: Logger = {
  debug: (message, fields) => {
    if (process.env['ODRADEK_DEBUG']) say(`${message} ${JSON.stringify(fields)}`)
  },
  info: message => say(message),
  warn: message => say(message),
  error: message => say(message),
}

/** Runs `work` with a client and closes it. */
export async function withCluster<Result>(
  options: ClusterCommandOptions,
  work: (cluster: Cluster) => Promise<Result>,
): Promise<Result> {
  const cluster = new Cluster({
    bootstrap: parseAddresses(await chooseBrokers(options)),
    clientId,
    clock: new SystemClock(),
    random: new SystemRandom(),
    logger,
  })
  try {
    return await work(cluster)
  } finally {
    await cluster.close()
  }
}
