// Apache Kafka's own command-line tools, from their package registry, kept in .cache.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { killGroup, runWithRetries } from '../steps.ts'

const folder = import.meta.dirname
export const cache = join(folder, '../../../.cache/clients/kafka-tools')
const sources = join(folder, 'src/main/java/tools')

/** Of the tools alone; the driver's comes before it. */
export const toolsClasspath = join(cache, 'lib/*')

/** Installs the tools and builds their driver where that is not done yet; throws where it cannot be. Needs Maven and Java 17. */
export async function installKafkaTools(): Promise<void> {
  const done = join(cache, `installed-${await digest()}`)
  if (existsSync(done)) return
  await rm(cache, { recursive: true, force: true })
  await mkdir(cache, { recursive: true })
  const ended = await runWithRetries({
    argv: ['mvn', '-q', '-B', '-f', join(folder, 'pom.xml'), 'package'],
    limitSeconds: 300,
  })
  if (ended.reason !== undefined)
    throw new Error(`Kafka's tools could not be installed: ${ended.reason}\n${ended.output}`)
  await writeFile(done, '')
}

async function digest(): Promise<string> {
  const files = (await readdir(sources))
    .toSorted((a, b) => a.localeCompare(b))
    .map(each => join(sources, each))
  const hash = createHash('sha256')
  for (const file of [join(folder, 'pom.xml'), ...files]) hash.update(await readFile(file))
  return hash.digest('hex')
}

/** The longest that a tool may run. */
const TOOL_LIMIT_MS = 600_000

/**
 * Runs a tool, by its class, to its end and hands on its lines, stdout and stderr in the order of printing. Undefined where it
 * exited with 0, else how it ended.
 */
export async function runKafkaTool(
  args: readonly string[],
  takeLine: (line: string) => void,
): Promise<string | undefined> {
  const java = [
    'java',
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-cp',
    toolsClasspath,
    ...args,
  ]
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...java], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const timer = setTimeout(() => killGroup(child.pid), TOOL_LIMIT_MS)
  const ended = new Promise<string | undefined>(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `status ${code}`)))
  })
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) takeLine(line)
  const result = await ended
  clearTimeout(timer)
  return result
}

if (import.meta.main) await installKafkaTools()
