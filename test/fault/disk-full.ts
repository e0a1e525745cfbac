// A data folder on a small file system that fills up: producers are told, readers go on, nothing acknowledged is lost,
// and writing works again by itself when there is room, also after a restart on the full disk.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { statfsSync } from 'node:fs'
import { open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { examineFolder } from '../../src/broker/doctor.ts'
import { decodeFetched } from '../../src/client/fetched-records.ts'
import { offsetCommit } from '../../src/protocol/messages/offset-commit.ts'
import { BrokerProcess, newFolder } from './broker-process.ts'
import { eventually, fail, isTrue, megabytes, type Checks } from './checks.ts'
import {
  connect,
  createTopic,
  deleteTopic,
  fetchBytes,
  produceOne,
  type Client,
  type Produced,
} from './client.ts'
import { RandomNumbers } from './random-numbers.ts'

const DISK_MIB = 96
const TOPIC = 'filling'
const VICTIM = 'in-the-way'
const PARTITIONS = 3
/** How long writing may take to work again after there is room: the logs try once a second. */
const REOPEN_LIMIT_MS = 5000

/** What was acknowledged, by partition. */
type Ledger = Map<number, { offset: number; value: Buffer }[]>

export async function diskFullChecks(checks: Checks, { seed }: { readonly seed: number }): Promise<void> {
  const mountPoint = await newFolder('disk')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', mountPoint], { stdio: 'pipe' })
  } catch (error) {
    checks.skip(
      'a full disk',
      `no file system can be mounted here: ${error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error)}`,
    )
    await rm(mountPoint, { recursive: true })
    return
  }
  const folder = join(mountPoint, 'data')
  const broker = new BrokerProcess({ folder })
  const failedBefore = checks.failed
  try {
    await new DiskFull(checks, broker, mountPoint, folder, seed).run()
  } finally {
    await broker.kill()
    execFileSync('umount', [mountPoint])
    await rm(mountPoint, { recursive: true })
    if (checks.failed > failedBefore) console.log(`  the broker's log:\n${broker.log.slice(-6000)}`)
  }
}

class DiskFull {
  readonly #checks: Checks
  readonly #broker: BrokerProcess
  readonly #mountPoint: string
  readonly #folder: string
  readonly #random: RandomNumbers
  readonly #ledger: Ledger = new Map()
  #client!: Client

  constructor(checks: Checks, broker: BrokerProcess, mountPoint: string, folder: string, seed: number) {
    this.#checks = checks
    this.#broker = broker
    this.#mountPoint = mountPoint
    this.#folder = folder
    this.#random = new RandomNumbers(seed)
  }

  async run(): Promise<void> {
    const { check } = { check: this.#checks.check.bind(this.#checks) }
    await this.#start()
    await createTopic(this.#client, TOPIC, PARTITIONS)
    // What is deleted must be above 16 MiB: appends are taken again only with so much room.
    await this.#fillVictim(24)
    // The ballast, a file that is not ours, is removed later.
    await writeFile(join(this.#mountPoint, 'ballast'), randomBytes(24 << 20))
    await check('producers are told KAFKA_STORAGE_ERROR when the disk is full', () => this.#fill())
    await check('readers go on, nothing acknowledged is lost', () => this.#compare())
    await check('deleting a topic makes room, and writing works again', async () => {
      const error = await deleteTopic(this.#client, VICTIM)
      isTrue(error === 'NONE', `the topic was not deleted: ${error}`)
      return this.#writesAgain()
    })
    await this.#fillVictim(20)
    await check('the disk fills again', () => this.#fill())
    await check('without a single free byte nothing breaks', () => this.#useLastByte())
    await check('and readers go on', () => this.#compare())
    await check('it starts on a full disk after a kill', async () => {
      await this.#restart(() => this.#broker.kill())
      return this.#compare()
    })
    await check('and refuses what does not fit', async () => {
      const figures = await this.#fill()
      await this.#takeLastByte()
      return figures
    })
    await check('without a free byte a topic is deleted, and writing works again', async () => {
      const error = await deleteTopic(this.#client, VICTIM)
      isTrue(error === 'NONE', `the topic was not deleted: ${error}`)
      return this.#writesAgain()
    })
    await check('a file removed makes room, and writing works again', async () => {
      await this.#fill()
      await rm(join(this.#mountPoint, 'ballast'))
      return this.#writesAgain()
    })
    await check('it stops and starts on a full disk', async () => {
      await this.#fill()
      await this.#restart(async () => {
        const why = await this.#broker.stop()
        isTrue(why === undefined, `it did not stop: ${why}`)
      })
      return this.#compare()
    })
    await check('doctor finds no fault', async () => {
      this.#client.close()
      const why = await this.#broker.stop()
      isTrue(why === undefined, `it did not stop: ${why}`)
      const { findings, records } = await examineFolder(this.#folder)
      isTrue(findings.length === 0, JSON.stringify(findings.slice(0, 10)))
      return `${records} records`
    })
  }

  async #fillVictim(mibCount: number): Promise<void> {
    // What is deleted lies there for a minute by default, as in Kafka.
    await createTopic(this.#client, VICTIM, 1, { 'file.delete.delay.ms': '200' })
    for (let mib = 0; mib < mibCount; mib++) {
      const { error } = await produceOne(this.#client, VICTIM, 0, randomBytes(1_000_000))
      isTrue(error === 'NONE', `record ${mib} of ${VICTIM} was refused: ${error}`)
    }
  }

  async #start(): Promise<void> {
    await this.#broker.start()
    this.#client = await connect(this.#broker.address)
  }

  async #restart(end: () => Promise<void>): Promise<void> {
    this.#client.close()
    await end()
    await this.#start()
  }

  async #produce(partition: number, byteCount: number): Promise<Produced> {
    const value = randomBytes(byteCount)
    const produced = await produceOne(this.#client, TOPIC, partition, value)
    if (produced.error !== 'NONE') return produced
    const records = this.#ledger.get(partition) ?? []
    records.push({ offset: produced.offset, value })
    this.#ledger.set(partition, records)
    return produced
  }

  /** Until large records are refused in every partition. */
  async #fill(): Promise<string> {
    let acknowledged = 0
    const full = new Set<number>()
    for (let tries = 0; full.size < PARTITIONS; tries++) {
      if (tries > 5000) fail('the disk does not become full')
      const partition = tries % PARTITIONS
      const { error } = await this.#produce(partition, this.#random.between(100_000, 400_000))
      if (error === 'NONE') acknowledged++
      else if (error === 'KAFKA_STORAGE_ERROR') full.add(partition)
      else fail(`the answer was ${error}`)
    }
    // It stays so, and small records are either taken or refused in the same way.
    for (let tries = 0; tries < 30; tries++) {
      const { error } = await this.#produce(tries % PARTITIONS, this.#random.between(1, 300_000))
      isTrue(error === 'NONE' || error === 'KAFKA_STORAGE_ERROR', `the answer was ${error}`)
    }
    return `${acknowledged} records acknowledged before, ${megabytes(this.#freeBytes())} free`
  }

  async #compare(): Promise<string> {
    let bytes = 0
    let count = 0
    for (const [partition, expected] of this.#ledger) {
      let offset = 0
      let next = 0
      while (next < expected.length) {
        const fetched = await fetchBytes(this.#client, TOPIC, partition, offset)
        isTrue(fetched.error === 'NONE', `reading partition ${partition} at ${offset}: ${fetched.error}`)
        const { records, nextOffset } = decodeFetched(fetched.records, offset)
        isTrue(
          nextOffset > offset,
          `partition ${partition} ends at ${offset}, ${expected.length} acknowledged`,
        )
        for (const record of records) {
          // A refused record may be there, between or behind: its answer was an error, which promises nothing.
          if (record.offset !== expected[next]?.offset) continue
          isTrue(
            record.value?.equals(expected[next]!.value) === true,
            `another value at ${partition} ${record.offset}`,
          )
          bytes += record.value.length
          next++
          count++
        }
        offset = nextOffset
      }
    }
    return `${count} records, ${megabytes(bytes)} read`
  }

  async #writesAgain(): Promise<string> {
    const start = performance.now()
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await eventually(`partition ${partition} takes records`, REOPEN_LIMIT_MS, async () => {
        const { error } = await this.#produce(partition, 100_000)
        return error === 'NONE'
      })
    }
    await this.#compare()
    return `after ${(performance.now() - start).toFixed(0)} ms`
  }

  /** More than once: a log that met the end of the room is cut to what was acknowledged, which frees some again. */
  #takeLastByte(): Promise<void> {
    return eventually('no byte is free', REOPEN_LIMIT_MS, async () => {
      await this.#fillUp()
      return this.#freeBytes() === 0
    })
  }

  async #fillUp(): Promise<void> {
    const path = join(this.#mountPoint, 'ballast')
    const ballast = await open(path, 'a')
    for (const piece of [1 << 20, 4096, 1]) {
      const bytes = Buffer.alloc(piece)
      while (
        await ballast.write(bytes).then(
          () => true,
          () => false,
        )
      );
    }
    await ballast.close()
  }

  /** Takes what is left, then asks for everything that would need room. */
  async #useLastByte(): Promise<string> {
    await this.#takeLastByte()
    const answers: string[] = []
    for (let partition = 0; partition < PARTITIONS; partition++) {
      answers.push((await this.#produce(partition, 5000)).error)
    }
    answers.push(await this.#commitOffset())
    answers.push(
      await createTopic(this.#client, 'one-more', 1).then(
        () => 'NONE',
        (error: Error) => error.message,
      ),
    )
    isTrue((await this.#broker.hasEnded()) === undefined, 'the broker has ended')
    return answers.join(', ')
  }

  async #commitOffset(): Promise<string> {
    const { topics } = await this.#client.call(
      offsetCommit,
      {
        groupId: 'on-a-full-disk',
        topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 1n }] }],
      },
      { maxVersion: 9 },
    )
    return String(topics[0]!.partitions[0]!.errorCode)
  }

  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#mountPoint)
    return bavail * bsize
  }
}
