/**
 * Random appends, faults and power failures against a log, with a plain model of what must be found afterwards.
 * Repeat one run with: LOG_CRASH_SEED=<seed> node --test src/log/log-crash.test.ts
 * More runs with: LOG_CRASH_RUNS=<count> node --test src/log/log-crash.test.ts
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { SeededRandom } from '#base/random.ts'
import { MemoryFileStore } from '#storage/memory-file-store.ts'
import type { LogManager } from './log-manager.ts'
import { verifyDataFolder } from './verify.ts'
import { idempotent, openLogs, readAll, startMs } from './log-fixture.ts'

const firstSeed = Number(process.env['LOG_CRASH_SEED'] ?? 1)
const runCount = process.env['LOG_CRASH_SEED'] === undefined ? Number(process.env['LOG_CRASH_RUNS'] ?? 25) : 1

const config = { segmentBytes: 6000, indexIntervalBytes: 150 }
const settings = { snapshotIntervalBytes: 2500, tailCacheBytes: 2000, indexCacheBytes: 500 }
const maxInFlight = 5

/** An idempotent producer as clients are: batches in order, at most five unanswered, resent until answered. */
class Producer {
  readonly id: number
  readonly acknowledged = new Map<string, number>()
  #nextSequence = 0
  #unanswered: { sequence: number; values: string[] }[] = []
  readonly #answers = new Set<Promise<void>>()

  constructor(id: number) {
    this.id = id
  }

  get canSend(): boolean {
    return this.#unanswered.length < maxInFlight
  }

  send(manager: LogManager, recordCount: number): void {
    const sequence = this.#nextSequence
    const values = Array.from({ length: recordCount }, (_, index) => `${this.id}:${sequence + index}`)
    this.#nextSequence += recordCount
    const batch = { sequence, values }
    this.#unanswered.push(batch)
    this.#transmit(manager, batch)
  }

  /** Sends everything unanswered again, in order. */
  resend(manager: LogManager): void {
    for (const batch of this.#unanswered) this.#transmit(manager, batch)
  }

  #transmit(manager: LogManager, batch: { sequence: number; values: string[] }): void {
    const log = manager.get('t', 0)
    if (log === undefined) return
    const answer = log
      .append(idempotent(this.id, batch.sequence, batch.values), { acks: -1, transactional: false })
      .then(
        outcome => {
          assert.equal(
            outcome.error,
            'NONE',
            `producer ${this.id}, sequence ${batch.sequence}: ${JSON.stringify(outcome)}`,
          )
          if (outcome.error !== 'NONE') return
          for (const [index, value] of batch.values.entries()) {
            const known = this.acknowledged.get(value)
            assert.equal(outcome.baseOffset + index, known ?? outcome.baseOffset + index, 'a duplicate moved')
            this.acknowledged.set(value, outcome.baseOffset + index)
          }
          this.#unanswered = this.#unanswered.filter(other => other !== batch)
        },
        () => {},
      )
    this.#answers.add(answer)
    void answer.finally(() => this.#answers.delete(answer)).catch(() => {})
  }

  async idle(): Promise<void> {
    await Promise.all(this.#answers)
  }

  /** Something failed, and was not sent again yet. Clients do that at once. */
  get isWaiting(): boolean {
    return this.#answers.size === 0 && this.#unanswered.length > 0
  }

  get unansweredCount(): number {
    return this.#unanswered.length
  }
}

class Run {
  readonly #random: SeededRandom
  readonly #clock = new FakeClock(startMs)
  readonly #producers = [new Producer(1), new Producer(2), new Producer(3)]
  /** What a reader saw, by offset. It must never change. */
  readonly #seen = new Map<number, string>()
  #files: MemoryFileStore
  #leaderEpoch = 0

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    this.#files = new MemoryFileStore({ crashable: true, pause: () => this.#pause() })
  }

  async #pause(): Promise<void> {
    // Now and then one operation takes as long as many others together.
    const turns = this.#random.below(30) === 0 ? 60 : this.#random.below(4)
    for (let turn = 0; turn < turns; turn++) await tick()
  }

  async go(): Promise<void> {
    let { manager } = await openLogs(this.#files, { config, settings, clock: this.#clock })
    for (let life = 0; life < 6; life++) {
      await this.#live(manager)
      manager = await this.#restart(manager)
      await this.#look(manager)
      this.#compare(manager)
    }
    await this.#settle(manager)
    const records = await readAll(manager.get('t', 0)!)
    for (const producer of this.#producers) {
      const own = records.map(record => record.value).filter(value => value.startsWith(`${producer.id}:`))
      assert.deepEqual(
        own,
        Array.from(own, (_, index) => `${producer.id}:${index}`),
        'not once and in order',
      )
      assert.equal(own.length, producer.acknowledged.size)
    }
    await manager.close()
    assert.deepEqual((await verifyDataFolder(this.#files)).findings, [])
  }

  async #live(manager: LogManager): Promise<void> {
    for (let step = this.#random.below(120); step > 0; step--) {
      const choice = this.#random.below(100)
      const producer = this.#producers[this.#random.below(3)]!
      for (const other of this.#producers) if (other.isWaiting) other.resend(manager)
      if (choice < 55) {
        if (producer.canSend && manager.get('t', 0) !== undefined && producer.unansweredCount === 0)
          for (let count = 1 + this.#random.below(maxInFlight); count > 0; count--)
            producer.send(manager, 1 + this.#random.below(3))
      } else if (choice < 70) await this.#pause()
      else if (choice < 75) await this.#look(manager)
      else if (choice < 80) void manager.checkpoint().catch(() => {})
      else if (choice < 82) this.#orderFault()
      else if (choice < 90) {
        await producer.idle()
        producer.resend(manager)
      } else await this.#clock.advance(this.#random.below(3000))
    }
  }

  #orderFault(): void {
    const operation = (['write', 'sync', 'truncate', 'rename', 'read', 'open', 'syncFolder'] as const)[
      this.#random.below(7)
    ]!
    const code = this.#random.below(2) === 0 ? 'EIO' : 'ENOSPC'
    this.#files.fail({
      operation,
      code,
      after: this.#random.below(5),
      times: 1 + this.#random.below(2),
      writtenBytes: this.#random.below(200),
    })
  }

  async #restart(manager: LogManager): Promise<LogManager> {
    const isOrderly = this.#random.below(4) === 0
    if (isOrderly) {
      // A snapshot has the last batch of each producer only: over an orderly stop, as with Kafka, a producer must not
      // have more than one batch whose answer it does not know.
      await this.#answerAll(manager)
      await manager.close().catch(() => {})
      this.#files.clearFaults()
    } else {
      await tick()
      this.#files = this.#random.below(3) === 0 ? this.#files.kill() : this.#files.crash(this.#random)
      this.#leaderEpoch++
    }
    for (const producer of this.#producers) await producer.idle()
    const { findings } = await verifyDataFolder(this.#files)
    assert.deepEqual(
      findings.filter(finding => finding.level === 'fault'),
      [],
    )
    const opened = await openLogs(this.#files, {
      config,
      settings,
      isNew: false,
      leaderEpoch: this.#leaderEpoch,
      clock: this.#clock,
    })
    assert.ok(!opened.manager.isOffline('t', 0), JSON.stringify(opened.logger.lines))
    return opened.manager
  }

  /** Reads all that is visible; what was seen once must be there, at its place. */
  async #look(manager: LogManager): Promise<void> {
    const log = manager.get('t', 0)
    if (log === undefined) return
    let records
    try {
      records = await readAll(log)
    } catch {
      return
    }
    for (const [index, record] of records.entries()) {
      assert.equal(record.offset, index, 'a gap')
      assert.equal(record.value, this.#seen.get(index) ?? record.value, `offset ${index} changed`)
      this.#seen.set(index, record.value)
    }
    assert.ok(records.length >= Math.min(this.#seen.size, log.highWatermark), 'fewer than was seen before')
  }

  #compare(manager: LogManager): void {
    const log = manager.get('t', 0)!
    assert.ok(log.highWatermark >= this.#seen.size, 'something visible was lost')
    for (const producer of this.#producers)
      for (const [value, offset] of producer.acknowledged)
        assert.equal(this.#seen.get(offset), value, `acknowledged ${value} at ${offset}`)
  }

  async #answerAll(manager: LogManager): Promise<void> {
    this.#files.clearFaults()
    for (let round = 0; round < 20; round++) {
      for (const producer of this.#producers) {
        await producer.idle()
        producer.resend(manager)
        await producer.idle()
      }
      await this.#clock.advance(6000)
    }
  }

  /** No more faults: everything is sent until it is answered. */
  async #settle(manager: LogManager): Promise<void> {
    await this.#answerAll(manager)
    assert.equal(
      this.#producers.reduce((sum, producer) => sum + producer.unansweredCount, 0),
      0,
      'not answered in the end',
    )
  }
}

function tick(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}

for (let seed = firstSeed; seed < firstSeed + runCount; seed++)
  it(`finds everything again after crashes and faults (seed ${seed})`, { timeout: 60_000 }, () =>
    new Run(seed).go(),
  )
