// Lines on their way from a file through a topic into a file, and what is asked of them at the end of each check.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '#client/cluster.ts'
import { eventually, isTrue } from '../fault/checks.ts'
import { countOf } from './cluster.ts'
import { judgeLines, linesOf } from './lines.ts'
import type { LineWriter } from './lines.ts'

export interface FlowOptions {
  readonly cluster: Cluster
  readonly topic: string
  /** Of the files that the source connectors read. */
  readonly writers: readonly LineWriter[]
  readonly sinkPath: string
  /** How long lines are written before and after what is done to the worker or broker meanwhile. */
  readonly marginMs: number
}

const DELIVERY_LIMIT_MS = 90_000

export class Flow {
  readonly #options: FlowOptions

  constructor(options: FlowOptions) {
    this.#options = options
  }

  /** Waits until each line is in the sink, and judges topic and sink. @returns figures */
  async arrives(): Promise<string> {
    const { cluster, topic, sinkPath, writers } = this.#options
    const wanted = new Set(writers.flatMap(writer => writer.lines()))
    let missing = wanted.size
    const isThere = async (): Promise<boolean> => {
      const found = new Set(await linesOf(sinkPath))
      missing = [...wanted].filter(line => !found.has(line)).length
      return missing === 0
    }
    await eventually('every line is in the sink', DELIVERY_LIMIT_MS, isThere, 200).catch((error: Error) => {
      throw new Error(`${error.message}; ${missing} of ${wanted.size} are missing`)
    })
    return judgeLines(cluster, topic, sinkPath, writers)
  }

  /** As `arrives`, and no line came twice. */
  async arrivesOnce(): Promise<string> {
    const { cluster, topic, sinkPath, writers } = this.#options
    const figures = await this.arrives()
    const written = writers.reduce((sum, { count }) => sum + count, 0)
    const inTopic = await countOf(cluster, topic)
    const sunk = (await linesOf(sinkPath)).length
    isTrue(inTopic === written, `${written} lines were written, and ${inTopic} are in the topic`)
    isTrue(sunk === written, `${written} lines were written, and ${sunk} are in the sink`)
    return figures
  }

  /** Writes lines all the time while `meanwhile` does its harm, and then some; all of them arrive. */
  async arrivesDespite(meanwhile: () => Promise<void>): Promise<string> {
    const { writers, marginMs } = this.#options
    for (const writer of writers) writer.begin()
    try {
      await sleep(marginMs)
      await meanwhile()
      await sleep(marginMs)
    } finally {
      await Promise.all(writers.map(writer => writer.end()))
    }
    return this.arrives()
  }
}
