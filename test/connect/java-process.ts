// Kafka Connect's programs as processes: installed once into .cache, started, stopped, killed. None outlives the run.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { forget, isInstalled, remember } from '../clients/installed.ts'
import { root } from '../clients/lanes.ts'
import { runWithRetries } from '../clients/steps.ts'

const cache = join(root, '.cache/connect')
const jars = join(cache, 'lib')
const installation = { folder: import.meta.dirname, cache, made: jars }
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1'

/** Fetches what pom.xml pins where that is not done yet; throws where it cannot be. Needs Maven and Java 17 or newer. */
export async function installConnect(): Promise<void> {
  if (await isInstalled(installation)) return
  await forget(installation)
  const half = `${jars}.half`
  await rm(half, { recursive: true, force: true })
  await rm(jars, { recursive: true, force: true })
  const pom = join(import.meta.dirname, 'pom.xml')
  const ended = await runWithRetries({
    argv: ['mvn', '-q', '-B', '-f', pom, `${plugin}:copy-dependencies`, `-DoutputDirectory=${half}`],
    limitSeconds: 300,
  })
  if (ended.reason !== undefined)
    throw new Error(`Kafka Connect could not be installed: ${ended.reason}\n${ended.output}`)
  await rename(half, jars)
  await remember(installation)
}

/** A new folder for a part of the run, in the ignored part of the tree. */
export async function newFolder(name: string): Promise<string> {
  await mkdir(cache, { recursive: true })
  return mkdtemp(join(cache, `${name}-`))
}

export type Properties = Readonly<Record<string, string | number | boolean>>

/** Writes a properties file as Java reads it, and gives back its path. */
export async function writeProperties(path: string, properties: Properties): Promise<string> {
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`)
  await writeFile(path, lines.join(''))
  return path
}

const java = [
  'java',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`,
  '-cp',
  join(jars, '*'),
]

/** With exit code 143 a JVM says that SIGTERM ended it, after its shutdown hooks. */
const goodEnding = 'status 143'
const STOP_LIMIT_MS = 90_000

const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach(child => child.kill('SIGKILL')))

export class JavaProcess {
  readonly #main: string
  readonly #args: readonly string[]
  /** Its stdout and stderr, of all its starts. */
  readonly logPath: string
  #child: ChildProcess | undefined
  #ended: Promise<string> = Promise.resolve('not started')

  constructor(main: string, args: readonly string[], logPath: string) {
    this.#main = main
    this.#args = args
    this.logPath = logPath
  }

  /** Starts it without waiting for anything. */
  start(): void {
    const log = openSync(this.logPath, 'a')
    const [program, ...args] = [...java, this.#main, ...this.#args]
    const child = spawn(program!, args, { stdio: ['ignore', log, log] })
    closeSync(log)
    running.add(child)
    this.#child = child
    this.#ended = new Promise(resolve => {
      child.on('error', error => resolve(error.message))
      child.on('close', (code, signal) => resolve(signal ?? `status ${code}`))
    })
    void this.#ended.then(() => running.delete(child))
  }

  /** How it has ended; undefined while it runs. */
  hasEnded(): Promise<string | undefined> {
    return Promise.race([this.#ended, sleep(0, undefined)])
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  /** SIGTERM; throws where it does not end well, or not in time. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM')
    const how = await Promise.race([this.#ended, sleep(STOP_LIMIT_MS, 'no end', { ref: false })])
    if (how === goodEnding) return
    await this.kill()
    throw new Error(`${this.#main}: ${how} at SIGTERM\n${await this.logEnd()}`)
  }

  /** The last lines of its log. */
  async logEnd(lineCount = 40): Promise<string> {
    const text = await readFile(this.logPath, 'utf8').catch(() => '')
    return text.split('\n').slice(-lineCount).join('\n')
  }

  /** The lines of its log at level ERROR, without their stacks. */
  async errors(): Promise<string[]> {
    const text = await readFile(this.logPath, 'utf8').catch(() => '')
    return text.split('\n').filter(line => /^\S+ \S+ ERROR /.test(line))
  }
}
