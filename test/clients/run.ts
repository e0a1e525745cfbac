// Runs real, unmodified Kafka clients against a broker: `npm run test:clients -- [OPTION...]`.

import { parseArgs } from 'node:util'
import { forget, isInstalled, remember } from './installed.ts'
import { lanes } from './lanes.ts'
import type { Lane } from './lanes.ts'
import { startOdradek } from './odradek.ts'
import type { Storage } from './odradek.ts'
import { run, runWithRetries } from './steps.ts'
import type { Ended } from './steps.ts'

const USAGE = `usage: npm run test:clients -- [OPTION...]
  --bootstrap HOST:PORT  test the broker that runs there (else each client gets an Odradek of its own)
  --only NAME            run this client, may be repeated: ${lanes.map(each => each.name).join(', ')}
  --ci                   a short run: fewer records, the same checks
  --storage WHERE        where Odradek keeps its records: memory (default) or files
  --verbose              show the output of every client, not just of those that fail`

interface Options {
  readonly bootstrap: string | undefined
  readonly quick: boolean
  readonly storage: Storage
  readonly verbose: boolean
}

interface Result {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const BROKEN: Result = { passed: 0, failed: 1, skipped: 0 }

async function main(): Promise<number> {
  const { chosen, options } = parse()
  const results: [Lane, Result, number][] = []
  for (const lane of chosen) {
    const start = performance.now()
    const result = await runLane(lane, options)
    results.push([lane, result, (performance.now() - start) / 1000])
  }
  console.log('\nclient             passed  failed  skipped  seconds')
  for (const [lane, result, seconds] of results) {
    const counts = [result.passed, result.failed, result.skipped]
      .map(each => String(each).padStart(8))
      .join('')
    console.log(`${lane.name.padEnd(17)}${counts}${seconds.toFixed(1).padStart(10)}`)
  }
  const sum = (part: keyof Result) => results.reduce((total, [, result]) => total + result[part], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
  return sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}

function parse(): { chosen: readonly Lane[]; options: Options } {
  const { values } = parseArgs({
    options: {
      bootstrap: { type: 'string' },
      only: { type: 'string', multiple: true },
      ci: { type: 'boolean', default: false },
      storage: { type: 'string', default: 'memory' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = values.only?.find(name => !lanes.some(each => each.name === name))
  if (values.help || unknown !== undefined || !['memory', 'files'].includes(values.storage)) {
    console.log(unknown === undefined ? USAGE : `no client is called ${unknown}\n${USAGE}`)
    process.exit(values.help ? 0 : 2)
  }
  return {
    chosen: lanes.filter(each => values.only === undefined || values.only.includes(each.name)),
    options: {
      bootstrap: values.bootstrap,
      quick: values.ci,
      storage: values.storage as Storage,
      verbose: values.verbose,
    },
  }
}

/** Installs a client, runs it, prints what came of it. */
async function runLane(lane: Lane, options: Options): Promise<Result> {
  console.log(`\n${lane.name}`)
  if (!(await prepare(lane))) return BROKEN
  if (options.bootstrap !== undefined) return runProgram(lane, options.bootstrap, options)
  let broker
  try {
    broker = await startOdradek(options.storage)
  } catch (error) {
    console.log(`  ${error instanceof Error ? error.message : String(error)}`)
    return BROKEN
  }
  const result = await runProgram(lane, broker.address, options)
  const stopped = await broker.stop()
  if (stopped !== undefined) console.log(`  not ok the broker stops: ${stopped}`)
  const whole = { ...result, failed: result.failed + (stopped === undefined ? 0 : 1) }
  if (whole.failed > 0) console.log(indent(`the broker's log:\n${broker.log()}`))
  return whole
}

/** Installs and builds what has changed; false where that failed. */
async function prepare(lane: Lane): Promise<boolean> {
  if (!(await isInstalled(lane))) {
    await forget(lane)
    for (const command of lane.install) {
      if (!report('install', command.argv, await runWithRetries(command))) return false
    }
    await remember(lane)
  }
  for (const command of lane.verify) {
    if (!report('verify', command.argv, await run(command))) return false
  }
  return true
}

function report(step: string, argv: readonly string[], ended: Ended): boolean {
  console.log(`  ${step.padEnd(8)}${ended.seconds.toFixed(1).padStart(6)} s`)
  if (ended.reason === undefined) return true
  console.log(indent(`${argv.join(' ')}: ${ended.reason}\n${ended.output}`))
  return false
}

async function runProgram(lane: Lane, address: string, options: Options): Promise<Result> {
  const ended = await run({
    ...lane.program,
    env: {
      ...lane.program.env,
      BOOTSTRAP: address,
      QUICK: options.quick ? '1' : '0',
      // Another broker is Apache Kafka, from which nothing may differ.
      REFERENCE: options.bootstrap === undefined ? '0' : '1',
    },
    limitSeconds: options.quick ? 180 : 420,
  })
  const lines = ended.output.split('\n')
  const count = (start: string) => lines.filter(line => line.startsWith(start)).length
  const result = { passed: count('ok '), failed: count('not ok '), skipped: count('skip ') }
  // A client that dies, or says less than it should, has failed though no check did.
  const closed = lines.includes(`${result.passed} passed, ${result.failed} failed`)
  const broken = result.failed === 0 && (ended.reason !== undefined || !closed)
  const whole = broken ? { ...result, failed: 1 } : result
  const counts = `${whole.passed} passed, ${whole.failed} failed, ${whole.skipped} skipped`
  console.log(`  run     ${ended.seconds.toFixed(1).padStart(6)} s  ${counts}`)
  if (broken) console.log(`  ${ended.reason ?? 'ended without its closing line'}`)
  if (whole.failed > 0 || options.verbose) console.log(indent(ended.output))
  else console.log(indent(lines.filter(line => line.startsWith('skip ')).join('\n')))
  return whole
}

function indent(text: string): string {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => `    ${line}`)
    .join('\n')
}

process.exitCode = await main()
