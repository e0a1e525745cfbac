// A broker as a process of its own, that can be killed, started again on its folder and port, and measured.

import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const root = join(import.meta.dirname, '../..')

const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 20_000
const LOG_LIMIT = 400_000

export interface BrokerProcessOptions {
  /** undefined: in memory */
  readonly folder?: string
  readonly set?: Readonly<Record<string, string>>
}

export class BrokerProcess {
  readonly #options: BrokerProcessOptions
  #child: ChildProcess | undefined
  #ended: Promise<string> = Promise.resolve('not started')
  #log = ''
  /** 0 until the first start: the port is kept from then on. */
  port = 0

  constructor(options: BrokerProcessOptions = {}) {
    this.#options = options
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** What it logged, the end of it. */
  get log(): string {
    return this.#log
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Starts it without waiting; `ready` tells when clients are answered, and rejects where it ends before. */
  launch(): { readonly ready: Promise<void> } {
    const { folder, set = {} } = this.#options
    const argv = [
      join(root, 'bin/odradek'),
      'start',
      `--listen=127.0.0.1:${this.port}`,
      ...(folder === undefined ? ['--memory'] : ['--data', folder]),
      ...Object.entries(set).map(([key, value]) => `--set=${key}=${value}`),
    ]
    const [program, ...args] = argv
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#ended = new Promise(resolve => {
      child.on('error', error => resolve(error.message))
      child.on('close', (code, signal) => resolve(signal ?? `status ${code}`))
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#log = (this.#log + chunk).slice(-LOG_LIMIT)
    })
    const ready = this.#readyLine(child)
    // Whoever kills it during its start does not wait for this.
    ready.catch(() => {})
    return { ready }
  }

  async start(): Promise<void> {
    await this.launch().ready
  }

  async #readyLine(child: ChildProcess): Promise<void> {
    let stdout = ''
    const line = new Promise<void>((resolve, reject) => {
      child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk
        if (!stdout.includes('\n')) return
        const port = /^ready \S+:(\d+)\n$/.exec(stdout)?.[1]
        if (port === undefined) return reject(new Error(`the broker printed ${JSON.stringify(stdout)}`))
        this.port = Number(port)
        resolve()
      })
    })
    const late = AbortSignal.timeout(START_LIMIT_MS)
    await Promise.race([
      line,
      this.#ended.then(how => Promise.reject(new Error(`the broker did not start: ${how}\n${this.#log}`))),
      new Promise<never>((_, reject) => {
        late.addEventListener('abort', () => reject(new Error(`not ready within ${START_LIMIT_MS} ms`)))
      }),
    ])
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  /** SIGTERM; how it ended where that was not with status 0. */
  async stop(): Promise<string | undefined> {
    this.#child?.kill('SIGTERM')
    const how = await Promise.race([this.#ended, sleep(STOP_LIMIT_MS, undefined, { ref: false })])
    if (how === 'status 0') return undefined
    await this.kill()
    return how === undefined
      ? `not stopped ${STOP_LIMIT_MS} ms after SIGTERM`
      : `ended with ${how} at SIGTERM`
  }

  /** How it has ended; undefined while it runs. */
  async hasEnded(): Promise<string | undefined> {
    return Promise.race([this.#ended, sleep(0, undefined)])
  }

  /** Resident memory in bytes. @param which of now, or the most so far */
  rssBytes(which: 'now' | 'peak' = 'now'): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    const field = which === 'now' ? 'VmRSS' : 'VmHWM'
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
  }
}

/** Files and sockets that a process may have open: Node.js raises its own limit to the highest that it may have. */
export function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  return Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? 0)
}

/** A new folder for a run, in the ignored part of the tree. */
export async function newFolder(name: string): Promise<string> {
  const parent = join(root, '.cache/fault')
  await mkdir(parent, { recursive: true })
  return mkdtemp(join(parent, `${name}-`))
}
