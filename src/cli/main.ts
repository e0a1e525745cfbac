/**
 * The command line: finds the command, runs it, and turns its end into an exit code. 0: done, 1: failed, 2: asked for
 * something that makes no sense.
 */
import { Command, CommanderError } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { type CommandEntry, commands } from './commands.ts'

const exitCodes = { failed: 1, usage: 2 } as const

/** @param args without the program's name */
async function main(args: readonly string[]): Promise<void> {
  // What waits for a timer alone must not end the process: the timers of the Clock do not keep it alive.
  const alive = new MessageChannel()
  alive.port1.ref()
  try {
    const program = await programFor(args)
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exitCode = await report(error)
  } finally {
    alive.port1.close()
  }
}

async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('odradek')
    .description('An event-streaming hub that speaks the Kafka protocol.')
    .version(packageJson.version, '-V, --version')
    .helpCommand('help [command]', 'help for a command')
    .addHelpText('after', "\n'odradek help COMMAND' and 'odradek COMMAND --help' say more.")
  const named = args[0] === 'help' ? args[1] : args[0]
  for (const entry of commands) {
    const isNamed = named === entry.name || (named !== undefined && named === entry.alias)
    program.addCommand(isNamed ? await entry.load() : placeholder(entry))
  }
  endWithErrors(program)
  return program
}

/** Stands for a command in the help, and for the names that may have been meant. */
function placeholder({ name, summary }: CommandEntry): Command {
  return new Command(name).summary(summary).description(summary)
}

/** Errors instead of process.exit, so that what is under way can end. */
function endWithErrors(command: Command): void {
  command.exitOverride()
  for (const child of command.commands) endWithErrors(child)
}

/** @returns the exit code */
async function report(error: unknown): Promise<number> {
  // Commander has written what there is to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
  const { describeFailure, ReportedFailure, UsageError } = await import('./failure.ts')
  if (error instanceof ReportedFailure) return exitCodes.failed
  process.stderr.write(`odradek: ${describeFailure(error)}\n`)
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed
}

await main(process.argv.slice(2))
