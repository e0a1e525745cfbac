// The load program in load/: built into .cache, and called.

import { join } from 'node:path'
import { runWithRetries } from '../test/clients/steps.ts'
import { output } from './children.ts'
import { cache } from './places.ts'

const program = join(cache, 'load')

/** Needs Go; fetches the program's libraries the first time. */
export async function buildLoad(): Promise<void> {
  const ended = await runWithRetries({
    argv: ['go', 'build', '-mod=readonly', '-trimpath', '-o', program, '.'],
    cwd: join(import.meta.dirname, 'load'),
    limitSeconds: 300,
  })
  if (ended.reason !== undefined)
    throw new Error(`bench/load was not built: ${ended.reason}\n${ended.output}`)
}

export async function scenarioNames(): Promise<string[]> {
  return (await output([program, 'list'])).trim().split('\n')
}

/** One run; throws where it failed. */
export async function load(args: readonly string[]): Promise<Record<string, number>> {
  return JSON.parse(await output([program, ...args])) as Record<string, number>
}
