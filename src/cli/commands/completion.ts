/** `odradek completion`: the script for a shell, and the answers that the script asks for. */
import { Argument, Command, Option } from 'commander'
import type { CommandEntry } from '../commands.ts'
import { answerShell } from '../completion/answer.ts'
import { scripts, type Shell } from '../completion/scripts.ts'
import { print } from '../output.ts'

const installHelp = `
bash: eval "$(odradek completion bash)"                     in ~/.bashrc
zsh:  source <(odradek completion zsh)                      in ~/.zshrc, after compinit
fish: odradek completion fish > ~/.config/fish/completions/odradek.fish

Names of topics and groups, and numbers of partitions, are those of the cluster that the command line names; where it
does not answer within a second nothing is proposed.`

/** @param entries all commands */
export function completionCommand(entries: readonly CommandEntry[]): Command {
  return new Command('completion')
    .description('Print a script that completes command lines, also with names of topics and groups.')
    .addArgument(new Argument('<shell>').choices(Object.keys(scripts)))
    .addArgument(new Argument('[words...]').argOptional())
    .addOption(new Option('--answer', 'what the script asks').hideHelp())
    .usage('[options] <shell>')
    .addHelpText('after', installHelp)
    .action((shell: Shell, words: string[], options: { answer?: true }) =>
      options.answer ? answer(entries, shell, words) : print(scripts[shell]),
    )
}

async function answer(
  entries: readonly CommandEntry[],
  shell: Shell,
  words: readonly string[],
): Promise<void> {
  await print(await answerShell(entries, shell, words))
  // Not after a broker that has not answered: its connection may hang for a minute.
  process.stdout.write('', () => process.exit())
}
