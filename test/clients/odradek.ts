// An Odradek for one client: started as a user starts it, stopped with SIGTERM.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './lanes.ts'
import { killGroup } from './steps.ts'

/** Where the broker keeps its records. */
export type Storage = 'memory' | 'files'

export interface RunningBroker {
  /** HOST:PORT */
  readonly address: string
  /** What it logged so far, its end. */
  log(): string
  /** Ends it with SIGTERM; the reason where that failed: it had ended before, takes over 15 s, or exits with other than 0. */
  stop(): Promise<string | undefined>
}

const START_LIMIT_MS = 20_000
const STOP_LIMIT_MS = 15_000
const LOG_LIMIT = 200_000

/**
 * Starts it and waits for its `ready HOST:PORT`; throws, with its log, where that does not come. Without a port it takes
 * a free one; settings are further configs, each KEY=VALUE.
 */
export async function startOdradek(
  storage: Storage,
  { port = 0, settings = [] }: { port?: number; settings?: readonly string[] } = {},
): Promise<RunningBroker> {
  const folder = storage === 'files' ? await newDataFolder() : undefined
  const child = spawn(
    join(root, 'bin/odradek'),
    [
      'start',
      `--listen=127.0.0.1:${port}`,
      ...(folder === undefined ? ['--memory'] : ['--data', folder]),
      // As tests against other brokers do: a group of the first member does not wait for more.
      '--set=group.initial.rebalance.delay.ms=0',
      ...settings.map(each => `--set=${each}`),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  )
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log = (log + chunk).slice(-LOG_LIMIT)
  })
  const exited = new Promise<string>(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('close', (code, signal) => resolve(signal ?? `status ${code}`))
  })
  const address = await readyAddress(child, exited).catch(async (error: Error) => {
    killGroup(child.pid)
    await exited
    throw new Error(`${error.message}\n${log}`)
  })
  return {
    address,
    log: () => log,
    stop: async () => {
      const ended = await Promise.race([exited, sleep(0, undefined)])
      if (ended === undefined) child.kill('SIGTERM')
      const result = ended ?? (await Promise.race([exited, sleep(STOP_LIMIT_MS, undefined, { ref: false })]))
      killGroup(child.pid)
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
      if (ended !== undefined) return `it had ended before, with ${ended}`
      if (result === undefined) return `not stopped within ${STOP_LIMIT_MS / 1000} s of SIGTERM`
      return result === 'status 0' ? undefined : `ended with ${result} at SIGTERM`
    },
  }
}

async function newDataFolder(): Promise<string> {
  const parent = join(root, '.cache/clients')
  await mkdir(parent, { recursive: true })
  return mkdtemp(join(parent, 'data-'))
}

async function readyAddress(child: ChildProcess, exited: Promise<string>): Promise<string> {
  let stdout = ''
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      if (!stdout.includes('\n')) return
      const address = /^ready (\S+:\d+)\n$/.exec(stdout)?.[1]
      if (address === undefined) reject(new Error(`the broker printed ${JSON.stringify(stdout)}`))
      else resolve(address)
    })
  })
  return Promise.race([
    ready,
    exited.then(reason => Promise.reject(new Error(`the broker did not start: ${reason}`))),
    sleep(START_LIMIT_MS, undefined, { ref: false }).then(() =>
      Promise.reject(new Error(`the broker was not ready within ${START_LIMIT_MS / 1000} s`)),
    ),
  ])
}
