// Odradek as a user starts it, and what its start and its rest cost.

import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, output, startBroker } from './children.ts'
import type { Broker } from './children.ts'
import { load } from './load.ts'
import { root } from './places.ts'
import { median } from './table.ts'

export const program = join(root, 'bin/odradek')

/** Starts it on a data folder, which need not exist; `compiled` is the folder of Node's compile cache, else the usual one. */
export async function startOdradek(data: string, compiled?: string): Promise<Broker> {
  const port = await freePort()
  return startBroker({
    argv: [program, 'start', `--listen=127.0.0.1:${port}`, '--data', data],
    ...(compiled === undefined ? {} : { env: { NODE_COMPILE_CACHE: compiled } }),
    port,
    log: `${data}.log`,
    goodEnding: 'status 0',
  })
}

const STARTS = 10
const IDLE_SECONDS = 30

/** Figures by name: milliseconds to the first answered request, MiB of resident memory. */
export async function measureStart(folder: string): Promise<[name: string, figure: number, unit: string][]> {
  await mkdir(folder)
  const compiled = join(folder, 'compiled')
  const startOnce = async (data: string) => {
    const broker = await startOdradek(data, compiled)
    await broker.stop()
    return broker.startMs
  }
  const first = await startOnce(join(folder, 'first'))
  const fresh: number[] = []
  for (let i = 0; i < STARTS; i++) fresh.push(await startOnce(join(folder, `fresh-${i}`)))

  const used = join(folder, 'used')
  const filler = await startOdradek(used, compiled)
  await load(['-keep', '-scale=0.02', 'produce-100', filler.address, String(filler.pid)])
  await filler.stop()
  const existing: number[] = []
  for (let i = 0; i < STARTS; i++) existing.push(await startOnce(used))

  const idle = await startOdradek(join(folder, 'idle'), compiled)
  const atOnce = await residentMiB(idle.pid)
  await sleep(IDLE_SECONDS * 1000)
  const later = await residentMiB(idle.pid)
  await idle.stop()
  return [
    ['first start ever (nothing in the compile cache), fresh folder', first, 'ms'],
    [`start, fresh folder (median of ${STARTS})`, median(fresh), 'ms'],
    [`start, folder with 10 MB in 6 partitions (median of ${STARTS})`, median(existing), 'ms'],
    ['resident memory after the start', atOnce, 'MiB'],
    [`resident memory after ${IDLE_SECONDS} s of rest`, later, 'MiB'],
  ]
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024
}

/** The commit of the checkout, and whether what runs is that. */
export async function commit(): Promise<string> {
  const git = (...args: string[]) => output(['git', ...args], root)
  const changed = await git('status', '--porcelain', '--', 'bin', 'src', 'runtime', 'package.json')
  return (await git('rev-parse', '--short', 'HEAD')).trim() + (changed === '' ? '' : ' with local changes')
}
