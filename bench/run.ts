// Odradek beside Apache Kafka, on this machine, under the same load: `npm run bench -- [OPTION...]`. Linux only.
// Progress goes to stderr, one JSON line a run; stdout gets the report, in Markdown.

import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { availableParallelism, cpus, freemem, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { output } from './children.ts'
import type { Broker } from './children.ts'
import { kafkaVersion, startKafka } from './kafka.ts'
import { buildLoad, load, scenarioNames } from './load.ts'
import { commit, measureStart, startOdradek } from './odradek.ts'
import { cache } from './places.ts'
import { comparison, text } from './table.ts'
import type { Run } from './table.ts'

const USAGE = `usage: npm run bench -- [OPTION...]
  --rounds N         counted rounds, in which the brokers take turns; one more before them warms up (default: 3)
  --scale X          factor on the amount of work (default: 1)
  --scenarios A,B    these only (default: all):`

interface Options {
  readonly rounds: number
  readonly scale: number
  readonly scenarios: readonly string[]
}

type Brokers = Readonly<Record<Run['broker'], Broker>>

async function main(): Promise<number> {
  await mkdir(cache, { recursive: true })
  await buildLoad()
  const options = parse(await scenarioNames())
  const facts = await describeSetting()
  const folder = await mkdtemp(join(cache, 'run-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

  await touchMemory(join(folder, 'touch'), options.scale)
  const starts = await measureStart(join(folder, 'starts'))
  const brokers = {
    odradek: await startOdradek(join(folder, 'odradek')),
    kafka: await startKafka(join(folder, 'kafka')),
  }
  const runs: Run[] = []
  for (let round = 0; round <= options.rounds; round++) {
    const ofRound = await playRound(round, options, brokers)
    if (round > 0) runs.push(...ofRound)
  }
  for (const broker of Object.values(brokers)) await broker.stop()

  console.log(facts)
  console.log(`\nMedians of ${options.rounds} rounds.\n\n${comparison(runs)}`)
  console.log('\n| Odradek alone | |\n| --- | ---: |')
  for (const [name, figure, unit] of starts) console.log(`| ${name} | ${text(figure)} ${unit} |`)
  const failed = runs.filter(each => each.figures === undefined).length
  if (failed > 0) console.log(`\n${failed} of ${runs.length} runs failed.`)
  return failed === 0 ? 0 : 1
}

function parse(known: readonly string[]): Options {
  const usage = `${USAGE} ${known.join(', ')}`
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '3' },
        scale: { type: 'string', default: '1' },
        scenarios: { type: 'string', default: known.join(',') },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const options = {
      rounds: Number(values.rounds),
      scale: Number(values.scale),
      scenarios: values.scenarios.split(','),
    }
    if (!Number.isInteger(options.rounds) || options.rounds < 1) throw new Error('--rounds must be 1 or more')
    if (!(options.scale > 0)) throw new Error('--scale must be more than 0')
    const unknown = options.scenarios.find(each => !known.includes(each))
    if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}`)
    return options
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    return process.exit(2)
  }
}

/** What a reader needs to judge the figures, or to make them again. */
async function describeSetting(): Promise<string> {
  const java = (await output(['sh', '-c', 'java -version 2>&1'])).split('\n')[0]
  return [
    `Made by \`${['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ')}\``,
    `of commit ${await commit()}, beside Apache Kafka ${await kafkaVersion()} (${java}), on ${availableParallelism()} cores`,
    `(${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Linux ${release()},`,
    `Node.js ${process.version}.`,
  ].join('\n')
}

/**
 * On a virtual machine the first use of a page of memory costs up to ten times as much as every later one, since the host
 * must find it first. Records go through the page cache, and whoever came first would pay for both: so a file that takes
 * that memory once is written and deleted before anything is measured.
 */
async function touchMemory(path: string, scale: number): Promise<void> {
  const chunk = Buffer.alloc(8 << 20)
  const size = Math.min(6e9 * Math.min(1, scale), freemem() / 2)
  const file = await open(path, 'w')
  for (let written = 0; written < size; written += chunk.length) await file.write(chunk)
  await file.close()
  await rm(path)
}

/** Every scenario once on each broker; who goes first changes. Round 0 warms up. */
async function playRound(round: number, options: Options, brokers: Brokers): Promise<Run[]> {
  const runs: Run[] = []
  for (const [i, scenario] of options.scenarios.entries()) {
    const order: Run['broker'][] = (round + i) % 2 === 0 ? ['odradek', 'kafka'] : ['kafka', 'odradek']
    for (const broker of order) {
      // What the run before left to the page cache would be written during this one.
      await output(['sync'])
      const { address, pid } = brokers[broker]
      const figures = await load([`-scale=${options.scale}`, scenario, address, String(pid)]).catch(
        (error: Error) => console.error(error.message),
      )
      console.error(JSON.stringify({ round, scenario, broker, ...figures }))
      runs.push({ scenario, broker, figures: figures ?? undefined })
    }
  }
  return runs
}

process.exitCode = await main()
