// Runs the commands of the client tests: bounded in time, with their output kept, tried again where a registry may fail.

import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** A command line and where and how it runs. */
export interface Command {
  readonly argv: readonly [program: string, ...args: string[]]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly limitSeconds: number
}

/** How a command ended. `output` is stdout and stderr as they came; `reason` is undefined where it exited with 0. */
export interface Ended {
  readonly output: string
  readonly seconds: number
  readonly reason: string | undefined
}

/** The most output of one command that is kept, in characters; what is beyond is dropped. */
const OUTPUT_LIMIT = 4_000_000

/** Runs to the end, or to the time limit, at which the command and all that it started are killed. */
export async function run(command: Command): Promise<Ended> {
  const [program, ...args] = command.argv
  const start = performance.now()
  const child = spawn(program, args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  const keep = (chunk: string) => {
    if (output.length < OUTPUT_LIMIT) output += chunk
  }
  child.stdout.setEncoding('utf8').on('data', keep)
  child.stderr.setEncoding('utf8').on('data', keep)
  let expired = false
  const timer = setTimeout(() => {
    expired = true
    killGroup(child.pid)
  }, command.limitSeconds * 1000)
  const reason = await new Promise<string | undefined>(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('close', (code, signal) => {
      if (expired) resolve(`not done within ${command.limitSeconds} s`)
      else resolve(code === 0 ? undefined : `ended with ${signal ?? `status ${code}`}`)
    })
  })
  clearTimeout(timer)
  return { output, seconds: (performance.now() - start) / 1000, reason }
}

/** Runs up to three times, with a pause between, until it succeeds: for commands that ask a package registry. */
export async function runWithRetries(command: Command): Promise<Ended> {
  let seconds = 0
  for (let attempt = 1; ; attempt++) {
    const ended = await run(command)
    seconds += ended.seconds
    if (ended.reason === undefined || attempt === 3) return { ...ended, seconds }
    console.log(`  ${command.argv.join(' ')}: ${ended.reason}, trying again`)
    await sleep(attempt * 3000)
  }
}

/** Kills a process that was started detached, with all that it started. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
