// kill -9 of a broker under load, again and again: nothing acknowledged is lost, doubled, moved or out of order, committed
// offsets do not go back, topics come and go as acknowledged; and Kafka's own tool finds no fault in what lies on disk.

import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { examineFolder } from '../../src/broker/doctor.ts'
import { dumpLogSegments } from '../clients/kafka-tools/dump.ts'
import { BrokerProcess, newFolder } from './broker-process.ts'
import { topicNames } from './client.ts'
import { fail, isTrue, type Checks } from './checks.ts'
import { buildLoad, eventsOf, Load, readTopic } from './load.ts'
import { RandomNumbers } from './random-numbers.ts'

export interface KillOptions {
  readonly seed: number
  readonly rounds: number
  /** Keep the data folder where a check failed. */
  readonly keep: boolean
}

const TOPIC = 'orders'
const PARTITIONS = 6
const PRODUCERS = 5

/** What the load program saw. */
interface Seen {
  /** Value by `PARTITION OFFSET`. */
  readonly acknowledged: Map<string, string>
  readonly shown: Map<string, string>
  readonly faults: string[]
  readonly topics: Map<string, { generation: number; records: number } | undefined>
  commits: number
  fetches: number
  churned: number
  isWhole: boolean
}

export async function killChecks(checks: Checks, { seed, rounds, keep }: KillOptions): Promise<void> {
  const folder = await newFolder('kill')
  const eventsPath = `${folder}.events`
  const broker = new BrokerProcess({ folder, set: { 'group.initial.rebalance.delay.ms': '0' } })
  const failedBefore = checks.failed
  try {
    await checks.check(`${rounds} kills under load`, async () => {
      await buildLoad()
      await broker.start()
      return killUnderLoad(broker, eventsPath, seed, rounds)
    })
    if (checks.failed > failedBefore) return
    const seen = await readEvents(eventsPath)
    await checks.check('the clients met nothing wrong', () => noFaults(seen))
    await checks.check('every acknowledged record is there once, at its offset, in order', () =>
      compareRecords(broker.address, seen),
    )
    await checks.check('topics are there, or gone, as acknowledged', () =>
      compareTopics(broker.address, seen),
    )
    await checks.check('it stops in an orderly way', () => broker.stop())
    await checks.check('doctor finds no fault', async () => {
      const { findings, partitions, batches, records } = await examineFolder(folder)
      isTrue(findings.length === 0, JSON.stringify(findings.slice(0, 10)))
      return `${partitions} partitions, ${batches} batches, ${records} records`
    })
    if (isOnPath('java') && isOnPath('mvn')) {
      await checks.check("Kafka's DumpLogSegments finds no fault", () => judge(folder))
    } else {
      checks.skip("Kafka's DumpLogSegments finds no fault", 'needs Java and Maven')
    }
  } finally {
    await broker.kill()
    if (checks.failed > failedBefore && keep) {
      console.log(`  kept ${folder} and ${eventsPath}`)
    } else {
      await rm(folder, { recursive: true, force: true })
      await rm(eventsPath, { force: true })
    }
    if (checks.failed > failedBefore) console.log(`  the broker's log:\n${broker.log.slice(-8000)}`)
  }
}

/** One kill in four comes while the broker is still starting, and finds it at its repairs. */
async function killUnderLoad(
  broker: BrokerProcess,
  eventsPath: string,
  seed: number,
  rounds: number,
): Promise<string> {
  const random = new RandomNumbers(seed)
  const load = new Load({
    bootstrap: broker.address,
    eventsPath,
    seed,
    topic: TOPIC,
    partitionCount: PARTITIONS,
    producerCount: PRODUCERS,
  })
  let duringStart = 0
  const startsMs: number[] = []
  try {
    await sleep(1500)
    for (let round = 0; round < rounds; round++) {
      await sleep(random.between(200, 3000))
      await broker.kill()
      if (random.between(0, 4) === 0) {
        duringStart++
        broker.launch()
        await sleep(random.between(60, 400))
        await broker.kill()
      }
      const startedMs = performance.now()
      await broker.start()
      startsMs.push(performance.now() - startedMs)
    }
    await sleep(1500)
    await load.finish()
  } catch (error) {
    load.kill()
    throw error
  }
  const slowest = Math.max(...startsMs).toFixed(0)
  return `seed ${seed}; ${duringStart} more while starting; slowest start ${slowest} ms`
}

async function readEvents(path: string): Promise<Seen> {
  const seen: Seen = {
    acknowledged: new Map(),
    shown: new Map(),
    faults: [],
    topics: new Map(),
    commits: 0,
    fetches: 0,
    churned: 0,
    isWhole: false,
  }
  for await (const line of eventsOf(path)) takeEvent(seen, line)
  return seen
}

function takeEvent(seen: Seen, line: string): void {
  const [kind, first = '', second = '', third = ''] = line.split(' ')
  if (kind === 'ack' || kind === 'seen') {
    const values = kind === 'ack' ? seen.acknowledged : seen.shown
    const place = `${first} ${second}`
    const before = values.get(place)
    if (kind === 'ack' && before !== undefined)
      seen.faults.push(`${before} and ${third} both acknowledged at ${place}`)
    if (before !== undefined && before !== third)
      seen.faults.push(`${before} and ${third} both shown at ${place}`)
    values.set(place, third)
  } else if (kind === 'fault') seen.faults.push(line)
  else if (kind === 'commit') seen.commits++
  else if (kind === 'fetched') seen.fetches++
  else if (kind === 'exists') seen.topics.set(first, { generation: Number(second), records: Number(third) })
  else if (kind === 'gone') seen.topics.set(first, undefined)
  else if (kind === 'churned') seen.churned = Number(first)
  else if (kind === 'end') seen.isWhole = Number(first) === seen.acknowledged.size
  else seen.faults.push(`an unknown event: ${line}`)
}

function noFaults(seen: Seen): string {
  isTrue(seen.faults.length === 0, `${seen.faults.length} faults\n${seen.faults.slice(0, 20).join('\n')}`)
  isTrue(seen.isWhole, 'events are missing')
  isTrue(seen.commits > 0 && seen.fetches > 0 && seen.churned > 0, 'a part of the load has done nothing')
  return `${seen.commits} commits acknowledged, ${seen.fetches} times compared; ${seen.churned} topics made or deleted`
}

async function compareRecords(bootstrap: string, { acknowledged, shown }: Seen): Promise<string> {
  const found = new Map<string, string>()
  const everywhere = new Set<string>()
  const last = new Map<string, number>()
  const ends: number[] = Array.from({ length: PARTITIONS }, () => 0)
  await readTopic(bootstrap, TOPIC, (partition, offset, value) => {
    const [producer = '', number = ''] = value.split('-')
    const lane = `${partition} ${producer}`
    const record = `${lane} ${number}`
    isTrue(
      !everywhere.has(record),
      `twice there: producer ${producer}, number ${number} at ${partition} ${offset}`,
    )
    const expected = (last.get(lane) ?? -1) + 1
    isTrue(
      Number(number) === expected,
      `at ${partition} ${offset}: number ${number} of producer ${producer}, expected ${expected}`,
    )
    isTrue(
      offset === ends[partition],
      `partition ${partition}: offset ${offset} follows ${ends[partition]! - 1}`,
    )
    ends[partition] = offset + 1
    everywhere.add(record)
    last.set(lane, expected)
    found.set(`${partition} ${offset}`, value)
  })
  for (const [place, value] of acknowledged) {
    if (found.get(place) !== value) fail(`at ${place}: acknowledged ${value}, there is ${found.get(place)}`)
  }
  for (const [place, value] of shown) {
    if (found.get(place) !== value) fail(`at ${place}: shown ${value}, there is ${found.get(place)}`)
  }
  isTrue(shown.size > 0, 'the group was shown nothing')
  return `${acknowledged.size} acknowledged, ${found.size} there, ${shown.size} shown to a group meanwhile`
}

async function compareTopics(bootstrap: string, { topics }: Seen): Promise<string> {
  let there = 0
  for (const [name, expected] of topics) {
    if (expected === undefined) continue
    there++
    const prefix = `${name}#${expected.generation}#`
    let count = 0
    await readTopic(bootstrap, name, (partition, offset, value) => {
      isTrue(value.startsWith(prefix), `an old record in ${name}, ${partition} ${offset}: ${value}`)
      count++
    })
    isTrue(count === expected.records, `${name} has ${count} of ${expected.records} records`)
  }
  const listed = await topicNames(bootstrap)
  const expected = [TOPIC, ...[...topics].flatMap(([name, each]) => (each === undefined ? [] : [name]))]
  isTrue(
    listed.join() === expected.toSorted().join(),
    `there are ${listed.join()}, acknowledged were ${expected.toSorted().join()}`,
  )
  return `${there} there, ${topics.size - there} gone`
}

async function judge(folder: string): Promise<string> {
  const { faults, files, batches } = await dumpLogSegments(folder)
  isTrue(faults.length === 0, JSON.stringify(faults.slice(0, 10)))
  isTrue(batches > 0, 'it has read nothing')
  return `${files} files, ${batches} batches`
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))
}
