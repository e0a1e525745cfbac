// A well-behaved client that works all the time beside what goes wrong: it writes, reads back, and measures how long it waits.

import { setTimeout as sleep } from 'node:timers/promises'
import { connect, createTopic, fetchBytes, produceOne, type Client } from './client.ts'
import { isTrue } from './checks.ts'

const TOPIC = 'bystander'

export class Bystander {
  readonly #client: Client
  readonly #valueBytes: number
  #stopped = false
  #running: Promise<void> = Promise.resolve()
  #failure: Error | undefined
  #longestMs = 0
  rounds = 0

  private constructor(client: Client, valueBytes: number) {
    this.#client = client
    this.#valueBytes = valueBytes
  }

  /** @param valueBytes of each record: above 16 KiB its requests wait for room among the large ones */
  static async start(address: string, valueBytes = 100): Promise<Bystander> {
    const client = await connect(address)
    await createTopic(client, TOPIC, 1, { 'retention.bytes': '10000000' }).catch(() => {})
    const bystander = new Bystander(client, valueBytes)
    bystander.#running = bystander.#work().catch((error: Error) => {
      bystander.#failure = error
    })
    return bystander
  }

  /** The longest that a write and a read have taken since this was asked for last. */
  takeLongestMs(): number {
    const longestMs = this.#longestMs
    this.#longestMs = 0
    return longestMs
  }

  /** Fails where a request failed, or waited longer than `limitMs` since this was asked for last; else the figures. */
  judge(limitMs: number): string {
    if (this.#failure !== undefined) throw this.#failure
    const longestMs = this.takeLongestMs()
    isTrue(longestMs <= limitMs, `a well-behaved client waited ${longestMs.toFixed(0)} ms`)
    isTrue(this.rounds > 0, 'a well-behaved client has not worked')
    return `a client beside it waited ${longestMs.toFixed(0)} ms at most`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Ends its work, after the request that runs. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.race([this.#running, sleep(1000, undefined, { ref: false })])
    this.#client.close()
    await this.#running
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const start = performance.now()
      const value = Buffer.alloc(this.#valueBytes, `round ${this.rounds}`)
      const { error, offset } = await produceOne(this.#client, TOPIC, 0, value)
      isTrue(error === 'NONE', `a well-behaved client was answered ${error}`)
      const fetched = await fetchBytes(this.#client, TOPIC, 0, offset)
      isTrue(fetched.records.includes(value), `a record of a well-behaved client is not at ${offset}`)
      this.#longestMs = Math.max(this.#longestMs, performance.now() - start)
      this.rounds++
      await sleep(20)
    }
  }
}
