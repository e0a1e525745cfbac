// A package as its user has it: packed here, installed in an empty folder, run from there by the Node.js that runs
// this test.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runWithRetries } from '../clients/steps.ts'
import { fail, isTrue } from '../fault/checks.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

const stepLimitSeconds = 300
const commandLimitMs = 60_000

/** What `npm pack --json` says of the package. */
export interface Packed {
  readonly path: string
  readonly files: readonly string[]
  readonly unpackedBytes: number
}

/** Builds and packs the repository into `folder`. */
export async function pack(folder: string): Promise<Packed> {
  mkdirSync(folder, { recursive: true })
  const argv = ['npm', 'pack', '--json', '--pack-destination', folder] as const
  const { output, reason } = await runWithRetries({ argv, cwd: root, limitSeconds: stepLimitSeconds })
  isTrue(reason === undefined, `${argv.join(' ')} ${reason}: ${output}`)
  // The build says something before it.
  const [packed] = JSON.parse(output.slice(output.search(/^\[/m), output.lastIndexOf(']') + 1))
  return {
    path: join(folder, packed.filename),
    files: packed.files.map((file: { path: string }) => file.path),
    unpackedBytes: packed.unpackedSize,
  }
}

interface InstalledPackage {
  readonly name: string
  readonly hasInstallScript: boolean
}

export class Installation {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** In a new project in `folder`, without running what packages would like to run. */
  static async make(folder: string, packagePath: string): Promise<Installation> {
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
    const argv = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', packagePath] as const
    const { output, reason } = await runWithRetries({ argv, cwd: folder, limitSeconds: stepLimitSeconds })
    isTrue(reason === undefined, `${argv.join(' ')} ${reason}: ${output}`)
    return new Installation(folder)
  }

  packages(): InstalledPackage[] {
    const lock = JSON.parse(readFileSync(join(this.folder, 'node_modules/.package-lock.json'), 'utf8'))
    return Object.entries<{ hasInstallScript?: boolean }>(lock.packages).map(([path, entry]) => ({
      name: path.replace('node_modules/', ''),
      hasInstallScript: entry.hasInstallScript === true,
    }))
  }

  byteCount(): number {
    const entries = readdirSync(join(this.folder, 'node_modules'), { recursive: true, withFileTypes: true })
    return entries
      .filter(entry => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text)
  }

  /** Starts `odradek ARG...`, as npx does. */
  spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(join(this.folder, 'node_modules/.bin/odradek'), args, {
      cwd: this.folder,
      env: { ...this.#environment(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  }

  /** Runs `odradek ARG...` to its end, which must be a good one. @returns stdout */
  async odradek(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return outputOf(`odradek ${args.join(' ')}`, this.spawn(args, options.env), options.input)
  }

  /** Runs a JavaScript file of the folder to its end, which must be a good one. @returns stdout */
  node(file: string): Promise<string> {
    const child = spawn(process.execPath, [file], {
      cwd: this.folder,
      env: this.#environment(),
      stdio: 'pipe',
    })
    return outputOf(file, child)
  }

  #environment(): NodeJS.ProcessEnv {
    // The first line of the command asks for `node`: this one.
    const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`
    return { ...process.env, PATH: path, NODE_COMPILE_CACHE: join(this.folder, '.compile-cache') }
  }
}

export interface RunOptions {
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
}

/** A broker that was started with `odradek start`. */
export class RunningBroker {
  readonly address: string
  readonly #child: ChildProcess
  readonly #stderr: () => string

  private constructor(address: string, child: ChildProcess, stderr: () => string) {
    this.address = address
    this.#child = child
    this.#stderr = stderr
  }

  static async start(installation: Installation, args: readonly string[]): Promise<RunningBroker> {
    const child = installation.spawn(['start', '--listen', '127.0.0.1:0', ...args])
    let stderr = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const ended = once(child, 'close').then(() => fail(`odradek start ended: ${stderr}`))
    const late = sleep(commandLimitMs, undefined, { ref: false }).then(() => fail(`not ready: ${stderr}`))
    const [line] = await Promise.race([once(child.stdout!.setEncoding('utf8'), 'data'), ended, late])
    ended.catch(() => {})
    const address = /^ready (\S+:\d+)\n$/.exec(String(line))?.[1]
    if (address === undefined) {
      child.kill('SIGKILL')
      fail(`odradek start printed ${JSON.stringify(line)}`)
    }
    return new RunningBroker(address, child, () => stderr)
  }

  /** With SIGTERM. */
  async stop(): Promise<void> {
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    const late = sleep(commandLimitMs, undefined, { ref: false })
    const ended = await Promise.race([closed, late])
    this.#child.kill('SIGKILL')
    isTrue(ended?.[0] === 0, `the broker ended with ${String(ended ?? 'nothing')}: ${this.#stderr()}`)
  }
}

async function outputOf(name: string, child: ChildProcess, input: string | Buffer = ''): Promise<string> {
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // What ends without reading all of it tells why by itself.
  child.stdin!.on('error', () => {})
  child.stdin!.end(input)
  const timer = setTimeout(() => child.kill('SIGKILL'), commandLimitMs)
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  isTrue(code === 0, `${name} ended with ${code ?? signal}: ${stderr}${stdout.slice(0, 2000)}`)
  return stdout
}
