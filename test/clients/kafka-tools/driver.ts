// One JVM in which Kafka's tools run, several at a time if need be: started once, because each start costs a second.

import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cache, toolsClasspath } from './kafka-tools.ts'

/** Status of a tool that did not end in time. */
export const EXPIRED = -1

export interface Ended {
  /** stdout and stderr, in the order of printing. */
  readonly output: string
  readonly status: number
}

export interface Run {
  readonly tool: string
  readonly args: readonly string[]
  readonly stdin: string
  readonly limitSeconds: number
}

export class Driver {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<number, (ended: Ended) => void>()
  #lastId = 0

  constructor() {
    const classpath = [join(cache, 'driver.jar'), toolsClasspath].join(':')
    this.#child = spawn('java', [
      '-Xmx384m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      classpath,
      'tools.Driver',
    ])
    this.#child.stderr.pipe(process.stderr)
    createInterface({ input: this.#child.stdout }).on('line', line => {
      const { id, output, status } = JSON.parse(line) as Ended & { id: number }
      this.#waiting.get(id)?.({ output, status })
      this.#waiting.delete(id)
    })
    this.#child.on('close', () => {
      for (const answer of this.#waiting.values()) answer({ output: 'the driver has ended', status: EXPIRED })
      this.#waiting.clear()
    })
  }

  /** @returns an id for `stop`, and how it ended */
  run(run: Run): { readonly id: number; readonly ended: Promise<Ended> } {
    const id = ++this.#lastId
    return { id, ended: this.#ask(id, { run }) }
  }

  /** As SIGTERM would; resolves when the tool has ended. */
  async stop(id: number): Promise<void> {
    await this.#ask(++this.#lastId, { stop: id })
  }

  /** Deletes topics and groups whose names begin with `prefix`. */
  async clean(bootstrap: string, prefix: string): Promise<void> {
    const { output, status } = await this.#ask(++this.#lastId, { clean: { bootstrap, prefix } })
    if (status !== 0) throw new Error(output)
  }

  close(): void {
    this.#child.stdin.end()
  }

  #ask(id: number, request: object): Promise<Ended> {
    return new Promise(resolve => {
      this.#waiting.set(id, resolve)
      this.#child.stdin.write(`${JSON.stringify({ id, ...request })}\n`)
    })
  }
}
