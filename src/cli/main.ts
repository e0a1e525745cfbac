/**
 * The command line: finds the command, runs it, and turns its end into an exit code. 0: done, 1: failed, 2: asked for
 * something that makes no sense.
 */
import { CommanderError } from 'commander'
import { commands } from './commands.ts'
import { programFor } from './program.ts'

const exitCodes = { failed: 1, usage: 2 } as const

/** @param args without the program's name */
async function main(args: readonly string[]): Promise<void> {
  // What waits for a timer alone must not end the process: the timers of the Clock do not keep it alive.
  const alive = new MessageChannel()
  alive.port1.ref()
  try {
    const program = await programFor(commands, args)
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exitCode = await report(error)
  } finally {
    alive.port1.close()
  }
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
