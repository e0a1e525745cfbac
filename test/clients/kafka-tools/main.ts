// Runs Kafka's own tools against the broker at BOOTSTRAP and compares what they print with what they print for Apache Kafka,
// which stands in transcripts/. `--record` writes those, with a Kafka at BOOTSTRAP. See README.md.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { compare } from './compare.ts'
import { Driver } from './driver.ts'
import type { Ended, Run } from './driver.ts'
import { installKafkaTools, toolsClasspath } from './kafka-tools.ts'
import { prefix, scenarios, tools } from './scenarios.ts'
import type { Scenario, Step, Tool } from './scenarios.ts'
import { run } from '../steps.ts'
import { formatTranscript, parseTranscript } from './transcript.ts'

const LIMIT_SECONDS = 60
const UNTIL_MS = 20_000

const { values: options } = parseArgs({
  options: { record: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const bootstrap = process.env['BOOTSTRAP'] ?? '127.0.0.1:9092'
/** The broker that the transcripts are of: then nothing may differ. */
const isKafka = options.record || process.env['REFERENCE'] === '1'

let passed = 0
let failed = 0

function report(name: string, problem: string | undefined): void {
  if (problem === undefined) passed++
  else failed++
  console.log(problem === undefined ? `ok ${name}` : `not ok ${name}: ${problem}`)
}

async function runScenario(driver: Driver, folder: string, scenario: Scenario): Promise<void> {
  const path = join(import.meta.dirname, 'transcripts', `${scenario.name}.txt`)
  const expected = options.record ? [] : parseTranscript(await readFile(path, 'utf8'))
  const recorded: string[] = []
  const background: { id: number; ended: Promise<Ended> }[] = []
  await driver.clean(bootstrap, prefix)
  for (const [index, step] of scenario.steps.entries()) {
    const file = join(folder, `${scenario.name}-${index}.json`)
    if (step.file !== undefined) await writeFile(file, placed(step.file, file))
    if (step.background) {
      background.push(driver.run(runOf(step, file)))
      recorded.push('')
      continue
    }
    const ended = await runStep(driver, step, file)
    const printed = normalise(ended, step, file)
    recorded.push(printed)
    if (options.record) continue
    const of = expected[index]
    const name = `${scenario.name}: ${step.line.replace('--bootstrap-server {b} ', '').replaceAll('{p}', '')}`
    if (of === undefined || of.line !== step.line)
      report(name, 'is not in the transcript; --record makes it anew')
    else report(name, compare(of.output, printed, isKafka ? [] : (step.differences ?? [])))
  }
  for (const { id, ended } of background) {
    await driver.stop(id)
    await ended
  }
  await driver.clean(bootstrap, prefix)
  if (!options.record) return
  const sections = scenario.steps.map(({ line }, index) => ({ line, output: recorded[index]! }))
  await writeFile(path, formatTranscript(sections))
  console.log(`recorded ${path}`)
}

/** Once, or until it prints what is waited for. */
async function runStep(driver: Driver, step: Step, file: string): Promise<Ended> {
  const end = performance.now() + UNTIL_MS
  for (;;) {
    const run = runOf(step, file)
    const ended = step.alone ? await runAlone(run) : await driver.run(run).ended
    if (step.until === undefined || step.until.test(ended.output) || performance.now() > end) return ended
    await sleep(200)
  }
}

function runOf(step: Step, file: string): Run {
  const [tool, ...args] = step.line.split(' ').filter(part => part !== '')
  return {
    tool: tools[tool as Tool],
    args: args.map(arg => placed(arg, file)),
    stdin: placed(step.stdin ?? '', file),
    limitSeconds: LIMIT_SECONDS,
  }
}

async function runAlone({ tool, args, limitSeconds }: Run): Promise<Ended> {
  const ended = await run({ argv: ['java', '-cp', toolsClasspath, tool, ...args], limitSeconds })
  return { output: ended.output, status: ended.reason === undefined ? 0 : 1 }
}

function placed(text: string, file: string): string {
  return text
    .replaceAll('{p}', prefix)
    .replaceAll('{b}', bootstrap)
    .replaceAll('{file}', file)
    .replaceAll('{acls}', String(isKafka))
}

/** Without what differs from run to run. */
function normalise({ output, status }: Ended, step: Step, file: string): string {
  let text = output
    .replaceAll('\r', '\n')
    .replaceAll(file, 'FILE')
    .replaceAll(bootstrap, 'HOST:PORT')
    .replace(/TopicId: [\w-]{22}/g, 'TopicId: ~')
    .replace(/"log_dirs":\["(?!any")[^"]*"\]/g, '"log_dirs":[~]')
    // Columns are as wide as the longest name on the broker.
    .replace(/ {2,}/g, ' ')
    .replace(/^\tat .*\n/gm, '')
    .replace(/^\t\.\.\. \d+ more\n/gm, '')
  for (const mask of step.mask ?? []) text = text.replace(mask, '~')
  let lines = text.split('\n').map(line => line.trimEnd())
  lines = lines.filter(line => line !== '' && line !== '~')
  if (step.sorted) lines = lines.toSorted()
  if (status !== 0) lines.push(`exit status ${status}`)
  return lines.join('\n')
}

async function main(): Promise<void> {
  await installKafkaTools()
  const driver = new Driver()
  const folder = await mkdtemp(join(tmpdir(), 'kafka-tools-'))
  try {
    for (const scenario of scenarios)
      if (options.only === undefined || options.only === scenario.name)
        await runScenario(driver, folder, scenario)
  } finally {
    driver.close()
    await rm(folder, { recursive: true })
  }
  if (!options.record) console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}

await main()
