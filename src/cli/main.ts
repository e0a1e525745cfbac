/**
 * The command line. Each command is a file of its own, loaded only when it is called, so that none pays for another.
 */
import { Command } from 'commander'

/** Name, and where it is. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand(),
}

export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('odradek').description('An event-streaming hub that speaks the Kafka protocol.')
  const wanted = commands[args[0] ?? '']
  const loaded =
    wanted === undefined ? await Promise.all(Object.values(commands).map(load => load())) : [await wanted()]
  for (const command of loaded) program.addCommand(command)
  await program.parseAsync([...args], { from: 'user' })
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`odradek: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
