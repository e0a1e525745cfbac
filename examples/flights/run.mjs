// Runs the whole example: broker, two services, producer; then compares the services' totals with the file.
// Options are in README.md; with BOOTSTRAP=HOST:PORT it uses that broker and starts none.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { expectedConnections, expectedDelays } from './expected.mjs'
import { partitionCount, readFlights, toEvents, topic } from './flights.mjs'
import { connect } from './kafka.mjs'
import { start, stop } from './processes.mjs'
import { publish } from './producer.mjs'
import { replay } from './replay.mjs'
import { compare, print, totals } from './report.mjs'

const patienceMs = 60_000
const replayedDay = '2001-01-02'
const python = process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python'

const services = {
  delays: { command: [process.execPath, 'delays.mjs'], folder: 'run/delays' },
  'missed-connections': { command: [python, 'missed_connections.py'], folder: 'run/missed-connections' },
}

function say(who, what) {
  console.log(`${who.padEnd(20)}${what}`)
}

/** Something the user can put right: printed without a stack. */
class Problem extends Error {}

function options() {
  const { values } = parseArgs({
    options: { limit: { type: 'string' }, restart: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) {
    console.log('node run.mjs [--limit FLIGHTS] [--restart delays|missed-connections]')
    process.exit(0)
  }
  const limit = values.limit === undefined ? undefined : Number(values.limit)
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
    throw new Problem('--limit takes a number of flights')
  if (values.restart !== undefined && !(values.restart in services))
    throw new Problem(`--restart takes one of: ${Object.keys(services).join(', ')}`)
  return { limit, restart: values.restart }
}

function installPython() {
  if (existsSync(python)) return
  say('python', 'installing confluent-kafka in .venv (once)')
  const steps = [
    ['python3', '-m', 'venv', '.venv'],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt'],
  ]
  for (const [program, ...args] of steps) {
    const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status === 0) continue
    rmSync('.venv', { recursive: true, force: true })
    throw new Problem(
      `'${[program, ...args].join(' ')}' failed${error ? ` (${error.code})` : ''}. ` +
        'The second service needs Python 3.8 or newer with venv and pip (Debian: apt install python3-venv).',
    )
  }
}

async function startBroker() {
  const ready = new Promise(resolve => {
    const command = [fileURLToPath(new URL('../../bin/odradek', import.meta.url))]
    start('broker', [...command, 'start', '--listen', '127.0.0.1:0', '--memory'], line => {
      if (line.startsWith('ready ')) resolve(line.slice('ready '.length))
    })
  })
  const late = sleep(patienceMs, undefined, { ref: false }).then(() => {
    throw new Problem('the broker did not get ready; run/broker.log says more')
  })
  process.env.BOOTSTRAP = await Promise.race([ready, late])
  say('broker', `${process.env.BOOTSTRAP}, started for this run, in memory`)
}

function startService(name) {
  start(name, services[name].command, line => say(name, line))
}

const groupOf = name => `${topic}.${name}`

/** A topic of its own name is made afresh: what an earlier run left there would be counted too. */
async function prepare(admin) {
  const groups = (await admin.listGroups()).groups.map(group => group.groupId)
  const old = Object.keys(services)
    .map(groupOf)
    .filter(group => groups.includes(group))
  if (old.length > 0) await admin.deleteGroups(old)
  if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] })
  await until('the topic is made', async () => {
    // The events are from 2001. Without this, the broker would delete them for being older than a week.
    const configEntries = [{ name: 'retention.ms', value: '-1' }]
    return admin
      .createTopics({ topics: [{ topic, numPartitions: partitionCount, configEntries }] })
      .catch(() => false)
  })
}

/** Asks again and again until the answer is yes. */
async function until(what, ask) {
  const deadline = Date.now() + patienceMs
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Problem(`waited ${patienceMs / 1000} s in vain until ${what}`)
    await sleep(100)
  }
}

/** How many events a service has behind it, and how many the topic has in all. */
async function progress(admin, name) {
  const [committed] = await admin.fetchOffsets({ groupId: groupOf(name), topics: [topic] })
  const ends = await admin.fetchTopicOffsets(topic)
  return {
    done: committed.partitions.reduce((sum, { offset }) => sum + Math.max(Number(offset), 0), 0),
    all: ends.reduce((sum, { high }) => sum + Number(high), 0),
  }
}

async function main() {
  const { limit, restart } = options()
  process.chdir(fileURLToPath(new URL('.', import.meta.url)))
  rmSync('run', { recursive: true, force: true })
  mkdirSync('run')
  installPython()
  if (process.env.BOOTSTRAP === undefined) await startBroker()
  else say('broker', process.env.BOOTSTRAP)

  const kafka = connect('flights', { quiet: true })
  const admin = kafka.admin()
  await admin.connect().catch(error => {
    throw new Problem(`no broker answers at ${process.env.BOOTSTRAP}: ${error.message}`)
  })
  await prepare(admin)
  say('topic', `${topic}: ${partitionCount} partitions, keyed by airport`)
  for (const name of Object.keys(services)) startService(name)

  const flights = readFlights(limit)
  const events = toEvents(flights)
  let killed = false
  await publish(kafka, events, async published => {
    if (restart === undefined || killed || published < events.length / 2) return
    killed = true
    await until(`${restart} has begun`, async () => (await progress(admin, restart)).done > 0)
    await stop(restart, 'SIGKILL')
    const { done } = await progress(admin, restart)
    say(restart, `killed (kill -9), with ${done} of ${published} events committed; the producer goes on`)
  })
  say('producer', `${flights.length} flights published as ${events.length} events`)
  if (restart !== undefined) startService(restart)

  for (const name of Object.keys(services)) {
    await until(`${name} has read everything`, async () => {
      const { done, all } = await progress(admin, name)
      return all === events.length && done === all
    })
    await stop(name)
    say(name, 'has read everything')
  }

  const delays = totals(services.delays.folder)
  const connections = totals(services['missed-connections'].folder)
  print(delays, connections)
  let differences = compare('delays', delays, expectedDelays(flights), ['arrivals', 'delay'])
  differences += compare('missed connections', connections, expectedConnections(flights), ['made', 'missed'])

  const replayed = await replay(kafka, replayedDay)
  const inFile = flights.filter(({ arrivalMs }) => new Date(arrivalMs).toISOString().startsWith(replayedDay))
  say(
    'replay',
    `a third group read ${replayedDay} again: ${replayed.length} arrivals, ${inFile.length} in the file`,
  )
  if (replayed.length !== inFile.length) differences++

  await admin.disconnect()
  await stop('broker')
  return differences === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Problem ? error.message : error)
  process.exit(1)
}
