// The program in load/ (franz-go), built when its files have changed, and what it wrote.

import { spawn, type ChildProcess } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { runWithRetries } from '../clients/steps.ts'
import { root } from './broker-process.ts'
import { fail } from './checks.ts'

const binary = join(root, '.cache/fault/load')

export interface LoadOptions {
  readonly bootstrap: string
  readonly eventsPath: string
  readonly seed: number
  readonly topic: string
  readonly partitionCount: number
  readonly producerCount: number
}

/** Go builds only what has changed. */
export async function buildLoad(): Promise<void> {
  const ended = await runWithRetries({
    argv: ['go', 'build', '-trimpath', '-mod=readonly', '-o', binary, '.'],
    cwd: join(import.meta.dirname, 'load'),
    limitSeconds: 300,
  })
  if (ended.reason !== undefined) fail(`the load program was not built: ${ended.reason}\n${ended.output}`)
}

export class Load {
  readonly #child: ChildProcess
  readonly #ended: Promise<string>

  constructor(options: LoadOptions) {
    const { bootstrap, eventsPath, seed, topic, partitionCount, producerCount } = options
    const args = [bootstrap, eventsPath, seed, topic, partitionCount, producerCount].map(String)
    this.#child = spawn(binary, ['run', ...args], { stdio: ['pipe', 'ignore', 'inherit'] })
    this.#ended = new Promise(resolve => {
      this.#child.on('error', error => resolve(error.message))
      this.#child.on('close', (code, signal) => resolve(signal ?? `status ${code}`))
    })
  }

  /** Ends the sending, and waits until everything sent is acknowledged. */
  async finish(): Promise<void> {
    this.#child.stdin!.end()
    const how = await this.#ended
    if (how !== 'status 0') fail(`the load program ended with ${how}`)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Connections that send something and read nothing. */
export class StuckConnections {
  readonly #child: ChildProcess
  readonly #ended: Promise<string>
  /** That the broker has closed; counted only where more bytes are sent after the first. */
  closedCount = 0
  #onOpen: (() => void) | undefined

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = new Promise(resolve => {
      child.on('close', (code, signal) => resolve(signal ?? `status ${code}`))
    })
    createInterface({ input: child.stdout!, crlfDelay: Infinity }).on('line', line => {
      if (line.startsWith('open ')) this.#onOpen?.()
      if (line.startsWith('closed '))
        this.closedCount = Math.max(this.closedCount, Number(line.split(' ')[1]))
    })
  }

  /** Resolves when all are connected and have sent `first`. @param moreBytes that each sends after it, as far as it can */
  static async open(
    bootstrap: string,
    count: number,
    first: Buffer,
    moreBytes = 0,
  ): Promise<StuckConnections> {
    const child = spawn(binary, ['stuck', bootstrap, String(count), String(moreBytes)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const stuck = new StuckConnections(child)
    const opened = new Promise<void>(resolve => {
      stuck.#onOpen = resolve
    })
    child.stdin.write(`${first.toString('hex')}\n`)
    await Promise.race([opened, stuck.#ended.then(how => fail(`connections were not opened: ${how}`))])
    return stuck
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async close(): Promise<void> {
    this.#child.stdin!.end()
    await this.#ended
  }
}

/** Every record of a topic, as `load read` prints it. */
export async function readTopic(
  bootstrap: string,
  topic: string,
  take: (partition: number, offset: number, value: string) => void,
): Promise<void> {
  const child = spawn(binary, ['read', bootstrap, topic], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<string>(resolve => {
    child.on('close', (code, signal) => resolve(signal ?? `status ${code}`))
  })
  for await (const line of linesOf(child.stdout)) {
    const [partition = '', offset = '', value = ''] = line.split(' ')
    take(Number(partition), Number(offset), value)
  }
  const how = await ended
  if (how !== 'status 0') fail(`reading ${topic} ended with ${how}`)
}

export function eventsOf(path: string): AsyncIterable<string> {
  return linesOf(createReadStream(path))
}

function linesOf(input: Readable): AsyncIterable<string> {
  return createInterface({ input, crlfDelay: Infinity })
}
