/** The command line as a user has it: a process of its own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const mainPath = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
export const cachePath = fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url))

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCli {
  readonly child: ReturnType<typeof spawn>
  readonly result: Promise<CliResult>
  /** Resolves when stdout has that many lines. */
  readonly lines: (count: number) => Promise<void>
}

export interface CliOptions {
  /** All of standard input; undefined: it stays open. */
  readonly input?: string | undefined
  readonly env?: NodeJS.ProcessEnv
}

export function startCli(args: readonly string[], { input, env }: CliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [mainPath, ...args], {
    // Compiled code is kept, as bin/odradek does.
    env: { NODE_COMPILE_CACHE: cachePath, ...process.env, ...env },
  })
  let stdout = ''
  let stderr = ''
  const watchers = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const watch of watchers) watch()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  if (input !== undefined) child.stdin.end(input)
  const result = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, stdout, stderr }))
  })
  const lines = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        if (stdout.split('\n').length > count) resolve()
      }
      watchers.add(watch)
      watch()
      void result.then(({ stderr }) => reject(new Error(`ended before ${count} lines: ${stderr}`)))
    })
  return { child, result, lines }
}
