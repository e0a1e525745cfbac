// The processes of the benchmark: brokers in the background, commands to their end. None outlives the benchmark.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const children = new Set<ChildProcess>()
process.on('exit', () => children.forEach(child => child.kill('SIGKILL')))

/** The output of a command that exits with 0; else throws. What it prints on stderr is shown. */
export async function output(argv: readonly string[], cwd?: string): Promise<string> {
  const child = started(argv, { stdio: ['ignore', 'pipe', 'inherit'], cwd })
  let text = ''
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const reason = await ending(child)
  if (reason !== 'status 0') throw new Error(`${argv.join(' ')}: ${reason}`)
  return text
}

export interface Broker {
  /** HOST:PORT */
  readonly address: string
  readonly pid: number
  /** From the spawn of its command to the first answered request. */
  readonly startMs: number
  /** SIGTERM, and waits for the end; throws where that is not the good one or takes over 60 s. */
  stop(): Promise<void>
}

export interface BrokerCommand {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly port: number
  /** A file for its stdout and stderr, whose end is shown where the start fails. */
  readonly log: string
  /** How it ends after SIGTERM when all is well, such as `status 0`. */
  readonly goodEnding: string
}

const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 60_000

/** Starts a broker and waits until it answers an ApiVersions request. */
export async function startBroker(command: BrokerCommand): Promise<Broker> {
  const log = openSync(command.log, 'a')
  const began = performance.now()
  const child = started(command.argv, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...command.env },
  })
  closeSync(log)
  let ended: string | undefined
  const ends = ending(child).then(reason => (ended = reason))
  while (!(await answers(command.port))) {
    if (ended !== undefined || performance.now() - began > START_LIMIT_MS) {
      child.kill('SIGKILL')
      const end = readFileSync(command.log, 'utf8').slice(-4000)
      throw new Error(`${command.argv[0]} did not start: ${ended ?? 'no answer'}\n${end}`)
    }
    await sleep(1)
  }
  return {
    address: `127.0.0.1:${command.port}`,
    pid: child.pid!,
    startMs: performance.now() - began,
    stop: async () => {
      child.kill('SIGTERM')
      const reason = await Promise.race([ends, sleep(STOP_LIMIT_MS, 'no end', { ref: false })])
      if (reason !== command.goodEnding) throw new Error(`${command.argv[0]}: ${reason} at SIGTERM`)
    },
  }
}

/** A port that nothing listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** A whole request: its length, ApiVersions (18) version 0, correlation id 1, no client id. */
const apiVersions = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff])

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1', () => socket.write(apiVersions))
  const answered = await new Promise<boolean>(resolve => {
    socket.setTimeout(START_LIMIT_MS, () => resolve(false))
    socket.once('data', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
  socket.destroy()
  return answered
}

type Options = NonNullable<Parameters<typeof spawn>[2]>

function started([program, ...args]: readonly string[], options: Options): ChildProcess {
  const child = spawn(program!, args, options)
  children.add(child)
  return child
}

async function ending(child: ChildProcess): Promise<string> {
  const reason = await new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal ?? `status ${code}`))
  })
  children.delete(child)
  return reason
}
