// What the checks of workers have in common: a folder, an Odradek that keeps its records in it, a client of it.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cluster } from '#client/cluster.ts'
import { BrokerProcess } from '../fault/broker-process.ts'
import type { Checks } from '../fault/checks.ts'
import { clusterAt } from './cluster.ts'
import { newFolder } from './java-process.ts'
import type { JavaProcess } from './java-process.ts'

export interface Scene {
  readonly folder: string
  readonly broker: BrokerProcess
  readonly cluster: Cluster
  /** Processes that are killed at the end, where `body` has not stopped them. */
  readonly processes: JavaProcess[]
}

/** Runs `body`; the folder stays where a check failed meanwhile, and the end of each log is shown. */
export async function withScene(
  name: string,
  checks: Checks,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  const failedBefore = checks.failed
  const folder = await newFolder(name)
  const broker = new BrokerProcess({ folder: join(folder, 'data') })
  await broker.start()
  const cluster = clusterAt(broker.address)
  const processes: JavaProcess[] = []
  let ran = false
  try {
    await body({ folder, broker, cluster, processes })
    await checks.check(`${name}: the broker ends in an orderly way`, async () => {
      await cluster.close()
      const reason = await broker.stop()
      if (reason !== undefined) throw new Error(reason)
      return undefined
    })
    ran = true
  } finally {
    for (const each of processes) await each.kill()
    await cluster.close()
    await broker.kill()
    if (ran && checks.failed === failedBefore) await rm(folder, { recursive: true, force: true })
    else {
      console.log(`  the folder is kept: ${folder}\n  the broker's log:\n${broker.log.slice(-3000)}`)
      for (const each of processes) console.log(`  ${each.logPath}:\n${await each.logEnd()}`)
    }
  }
}

const START_LIMIT_MS = 60_000

/** Resolves when `holds` does; rejects at once where the process ends. */
export async function untilRuns(process: JavaProcess, holds: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + START_LIMIT_MS
  while (!(await holds())) {
    const ended = await process.hasEnded()
    if (ended !== undefined) throw new Error(`it has ended: ${ended}`)
    if (performance.now() > limit) throw new Error(`it does not run within ${START_LIMIT_MS / 1000} s`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
