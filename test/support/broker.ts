/**
 * A whole broker in this process, with clients that reach it over TCP. When a test ends its broker is closed, and
 * what it leaves in its stores is examined: a test that passes and leaves damage behind fails.
 *
 * What these tests say of Kafka can be put to Kafka: with TEST_BROKER=HOST:PORT in the environment, tests that need
 * no broker of their own (no folder, config or clock) run against the one there.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { LogFields, Logger } from '#base/logger.ts'
import { Broker, type InternalBrokerOptions } from '#broker/broker.ts'
import { examine, examineFolder } from '#broker/doctor.ts'
import { MemoryFileStore } from '#storage/memory-file-store.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import { atEnd } from './at-end.ts'
import { RawClient } from './raw-client.ts'

export interface TestBrokerOptions extends Omit<InternalBrokerOptions, 'storage'> {
  /** Default: memory. `true`: a temporary folder; else this one, which its maker removes. */
  readonly folder?: true | string
}

export const foreignBroker = process.env.TEST_BROKER
const runId = Math.random().toString(36).slice(2, 8)
let nameCount = 0

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: LogFields | undefined
}

export class TestBroker {
  /** Of the last start. */
  broker: Broker
  readonly folder: string | undefined
  readonly lines: readonly LogLine[]
  readonly #options: InternalBrokerOptions
  readonly #memory: { readonly files: MemoryFileStore; store: MemoryMetadataStore } | undefined
  readonly #clients: RawClient[] = []

  private constructor(
    broker: Broker,
    options: InternalBrokerOptions,
    lines: readonly LogLine[],
    folder: string | undefined,
    memory: { files: MemoryFileStore; store: MemoryMetadataStore } | undefined,
  ) {
    this.broker = broker
    this.folder = folder
    this.lines = lines
    this.#options = options
    this.#memory = memory
  }

  static async start(t: TestContext, options: TestBrokerOptions = {}): Promise<TestBroker> {
    if (foreignBroker !== undefined && Object.keys(options).length === 0) {
      const foreign = { bootstrapServers: foreignBroker, close: async () => {} } as Broker
      const started = new TestBroker(foreign, {}, [], undefined, undefined)
      atEnd(t, () => started.#closeClients())
      return started
    }
    const { folder: wanted, ...rest } = options
    const folder = wanted === true ? await temporaryFolder(t) : wanted
    const memory =
      folder === undefined ? { files: new MemoryFileStore(), store: new MemoryMetadataStore() } : undefined
    const lines: LogLine[] = []
    const brokerOptions: InternalBrokerOptions = {
      logger: collectingLogger(lines),
      ...rest,
      // A group of one test has no other members to wait for.
      set: { 'group.initial.rebalance.delay.ms': '0', ...rest.set },
      storage: memory ?? { folder: folder! },
    }
    const broker = await Broker.start(brokerOptions)
    const started = new TestBroker(broker, brokerOptions, lines, folder, memory)
    atEnd(t, () => started.#finish())
    return started
  }

  /** Where a test makes files fail; of a broker in memory. */
  get files(): MemoryFileStore {
    assert.ok(this.#memory !== undefined)
    return this.#memory.files
  }

  get store(): MemoryMetadataStore {
    assert.ok(this.#memory !== undefined)
    return this.#memory.store
  }

  get host(): string {
    return /^(.*):\d+$/.exec(this.broker.bootstrapServers)![1]!
  }

  get port(): number {
    return Number(/\d+$/.exec(this.broker.bootstrapServers)![0])
  }

  /** @param host of this machine, where the broker listens on more than one of its addresses */
  async connect(host = this.host): Promise<RawClient> {
    const client = await RawClient.connect(host, this.port)
    this.#clients.push(client)
    return client
  }

  /** Stops in an orderly way and starts again on the same folder. */
  async restart(changes: Partial<InternalBrokerOptions> = {}): Promise<void> {
    await this.broker.close()
    // The stop closed the rows for good; the files are as they were.
    if (this.#memory !== undefined) {
      this.#memory.store = new MemoryMetadataStore({ rows: this.#memory.store.snapshot() })
    }
    this.broker = await Broker.start({ ...this.#options, ...changes })
  }

  /** A name for a topic or group that this broker does not have yet. */
  name(base: string): string {
    return foreignBroker === undefined ? base : `${base}-${runId}-${nameCount++}`
  }

  async #closeClients(): Promise<void> {
    for (const client of this.#clients) await client.close()
  }

  async #finish(): Promise<void> {
    await this.#closeClients()
    await this.broker.close()
    const report =
      this.#memory === undefined
        ? await examineFolder(this.folder!)
        : await examine(this.#memory.files, this.#memory.store.snapshot())
    assert.deepEqual(report.findings, [], 'what the broker left behind')
  }
}

/** A folder that is removed when the test ends, after the brokers that were started on it. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'odradek-test-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  return folder
}

function collectingLogger(lines: LogLine[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void => {
      lines.push({ level, message, fields })
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), level: 'debug' }
}
