// Thousands of connections that want nothing, half of something, or much and never take it: the broker's memory stays inside
// stated bounds, and a client beside them works all the time.

import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeRequestFrame } from '../../src/protocol/frame.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { BrokerProcess, newFolder, openFilesLimit } from './broker-process.ts'
import { Bystander } from './bystander.ts'
import { eventually, isTrue, megabytes, type Checks } from './checks.ts'
import { connect, createTopic, produceOne } from './client.ts'
import { buildLoad, StuckConnections } from './load.ts'
import { frameOf, headerOf } from './raw-connection.ts'

const MIB = 1024 * 1024
const TOPIC = 'large'
const FETCH_BYTES = 50_000_000
/** On a machine that is busy with other things as well. */
const BYSTANDER_LIMIT_MS = 5000
/** The longest that stalled requests keep others waiting: see src/net/request-budget.ts. */
const STALL_LIMIT_MS = 35_000
/** How long it is watched when all connections are there. */
const SETTLE_MS = 3000

export interface ConnectionOptions {
  readonly isShort: boolean
}

export async function connectionChecks(checks: Checks, { isShort }: ConnectionOptions): Promise<void> {
  await buildLoad()
  // Files that the broker needs beside its connections, and we.
  const count = Math.min(isShort ? 2000 : 5000, openFilesLimit() - 1000)
  isTrue(count > 100, `only ${openFilesLimit()} files can be open; raise the limit with ulimit -Hn`)
  const folder = await newFolder('connections')
  const broker = new BrokerProcess({ folder })
  const failedBefore = checks.failed
  try {
    await broker.start()
    await fillTopic(broker.address)
    await checks.check(`${count} connections that are idle or stuck in a frame`, () => idle(broker, count))
    await checks.check(`${count} readers that ask for 50 MB and read nothing`, () => readers(broker, count))
    await checks.check('large requests that stop coming', () => stalled(broker, isShort ? 100 : 200))
    await checks.check('it stops in an orderly way', () => broker.stop())
  } finally {
    await broker.kill()
    await rm(folder, { recursive: true, force: true })
    if (checks.failed > failedBefore) console.log(`  the broker's log:\n${broker.log.slice(-4000)}`)
  }
}

async function fillTopic(address: string): Promise<void> {
  const client = await connect(address)
  await createTopic(client, TOPIC, 1)
  for (let bytes = 0; bytes < FETCH_BYTES * 1.2; bytes += 1_000_000) {
    const { error } = await produceOne(client, TOPIC, 0, randomBytes(1_000_000))
    isTrue(error === 'NONE', `the topic was not filled: ${error}`)
  }
  client.close()
}

async function idle(broker: BrokerProcess, count: number): Promise<string> {
  // Half of them hold 16 KiB, which need no room in the request budget; a connection itself takes less than 16 KiB.
  return measured(broker, count * 32 * 1024, async () => {
    const half = Math.floor(count / 2)
    const silent = await StuckConnections.open(broker.address, half, Buffer.alloc(0))
    // All but the last byte of the largest frame that needs no room in the budget.
    const frame = frameOf(headerOf(18, 0, 1), Buffer.alloc(16 * 1024 - 10))
    const stuck = await StuckConnections.open(broker.address, count - half, frame.subarray(0, -1))
    return [silent, stuck]
  })
}

async function readers(broker: BrokerProcess, count: number): Promise<string> {
  const request = {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: FETCH_BYTES,
    topics: [
      { topic: TOPIC, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: FETCH_BYTES }] },
    ],
  }
  const { parts } = encodeRequestFrame(fetch, 12, 1, null, request)
  // The budget of chunks, and for each connection the smallest chunk twice (one that leaves, the next one that is read) and
  // what the request and the connection themselves take. V8 collects late: as much again may be garbage, and the allocator keeps some.
  return measured(broker, 2 * (64 * MIB + count * 32 * 1024) + 64 * MIB, async () => [
    await StuckConnections.open(broker.address, count, Buffer.concat(parts as Buffer[])),
  ])
}

/**
 * 90 of 100 MB, and 900 of 1000 KB: what holds room gives it back when it stalls. A client with everyday batches of a few
 * hundred KB stands in line behind the latter only.
 */
async function stalled(broker: BrokerProcess, count: number): Promise<string> {
  await using small = await Bystander.start(broker.address)
  const before = broker.rssBytes()
  using memory = new PeakMemory(broker)
  const announce = (byteCount: number): Buffer => {
    const first = frameOf(headerOf(0, 9, 1), Buffer.alloc(20_000))
    first.writeInt32BE(byteCount)
    return first
  }
  await using large = await StuckConnections.open(broker.address, count, announce(100_000_000), 90_000_000)
  await sleep(1000)
  await using medium = await StuckConnections.open(broker.address, count, announce(1_000_000), 900_000)
  small.judge(BYSTANDER_LIMIT_MS)
  const start = performance.now()
  await using everyday = await Bystander.start(broker.address, 300_000)
  await eventually('a client with batches of 300 KB has written', STALL_LIMIT_MS, () => everyday.rounds > 0)
  const waitedMs = performance.now() - start
  const figures = small.judge(BYSTANDER_LIMIT_MS)
  // Both rooms full; and V8 collects late: what was given back a moment ago is still there when others take the room.
  const boundBytes = 2 * 256 * MIB
  isTrue(
    memory.peakBytes - before <= boundBytes,
    `grew from ${megabytes(before)} to ${megabytes(memory.peakBytes)}`,
  )
  return (
    `${megabytes(before)} before, ${megabytes(memory.peakBytes)} at most; growth bound ${megabytes(boundBytes)}; ` +
    `${large.closedCount + medium.closedCount} of ${2 * count} closed; ${figures}, one with batches of 300 KB ${waitedMs.toFixed(0)} ms`
  )
}

/** The memory before, at most and after; the bound is for what comes on top of what there was before. */
async function measured(
  broker: BrokerProcess,
  boundBytes: number,
  open: () => Promise<StuckConnections[]>,
): Promise<string> {
  await using bystander = await Bystander.start(broker.address)
  await sleep(500)
  bystander.judge(BYSTANDER_LIMIT_MS)
  const before = broker.rssBytes()
  using memory = new PeakMemory(broker)
  const opened = await open()
  await sleep(SETTLE_MS)
  const figures = bystander.judge(BYSTANDER_LIMIT_MS)
  for (const each of opened) await each.close()
  await sleep(1000)
  const after = broker.rssBytes()
  isTrue(
    memory.peakBytes - before <= boundBytes,
    `grew from ${megabytes(before)} to ${megabytes(memory.peakBytes)}, bound ${megabytes(boundBytes)}`,
  )
  return (
    `${megabytes(before)} before, ${megabytes(memory.peakBytes)} at most, ${megabytes(after)} after; ` +
    `growth bound ${megabytes(boundBytes)}; ${figures}`
  )
}

/** The resident memory of the broker, looked at often. */
class PeakMemory {
  peakBytes = 0
  readonly #timer: NodeJS.Timeout

  constructor(broker: BrokerProcess) {
    this.#timer = setInterval(() => {
      this.peakBytes = Math.max(this.peakBytes, broker.rssBytes())
    }, 50)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
