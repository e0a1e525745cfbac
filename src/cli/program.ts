/** The command line as Commander sees it. Runs nothing. */
import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import type { CommandEntry } from './commands.ts'

/**
 * The program with all its commands, of which only the one that `args` name is loaded.
 * @param args without the program's name
 */
export async function programFor(
  entries: readonly CommandEntry[],
  args: readonly string[],
): Promise<Command> {
  const program = new Command('odradek')
    .description('An event-streaming hub that speaks the Kafka protocol.')
    .version(packageJson.version, '-V, --version')
    .helpCommand('help [command]', 'help for a command')
    .addHelpText('after', "\n'odradek help COMMAND' and 'odradek COMMAND --help' say more.")
  const named = args[0] === 'help' ? args[1] : args[0]
  for (const entry of entries) {
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
