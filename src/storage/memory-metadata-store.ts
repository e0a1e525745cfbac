/**
 * The metadata rows in memory: what `--memory` runs on, and what tests break on purpose. It follows the same
 * rules as the SQLite form (one transaction for each turn, all or none) and forgets everything with its object,
 * but for `snapshot`, from which another store can start.
 */
import { CommitQueue } from './commit-queue.ts'
import type { Schedule } from './commit-queue.ts'
import type {
  ConfigRow,
  GroupRow,
  MetadataChange,
  MetadataRows,
  MetadataStore,
  OffsetRow,
  Setting,
  TopicRow,
} from './metadata-store.ts'
import { StorageError } from './storage-error.ts'

export interface MemoryMetadataStoreOptions {
  /** End of a turn; without one, when the microtasks that are queued now have run. */
  readonly schedule?: Schedule
  /** Rows to start with: another store's snapshot. */
  readonly rows?: MetadataRows
}

export class MemoryMetadataStore implements MetadataStore {
  readonly #settings = new Map<Setting, string>()
  readonly #topics = new Map<string, TopicRow>()
  readonly #configs = new Map<string, ConfigRow>()
  readonly #groups = new Map<string, GroupRow>()
  readonly #offsets = new Map<string, Map<string, OffsetRow>>()
  readonly #queue: CommitQueue
  #transactionCount = 0
  #faults = new Map<number, StorageError>()
  #outage: StorageError | undefined

  constructor(options: MemoryMetadataStoreOptions = {}) {
    this.#queue = new CommitQueue(changes => this.#transact(changes), options.schedule ?? queueMicrotask)
    if (options.rows !== undefined) this.#restore(options.rows)
  }

  async load(): Promise<MetadataRows> {
    return this.snapshot()
  }

  commit(changes: readonly MetadataChange[]): Promise<void> {
    return this.#queue.commit(changes)
  }

  async close(): Promise<void> {
    this.#queue.close()
  }

  /** Transactions so far, failed ones included. */
  get transactionCount(): number {
    return this.#transactionCount
  }

  /** All rows as they are now; nothing that happens later changes them. */
  snapshot(): MetadataRows {
    return {
      settings: new Map(this.#settings),
      topics: [...this.#topics.values()],
      configs: [...this.#configs.values()],
      groups: [...this.#groups.values()],
      offsets: [...this.#offsets.values()].flatMap(rows => [...rows.values()]),
    }
  }

  /** The `n`-th transaction from now fails once (1: the next one), with nothing applied. */
  failTransaction(n = 1, error = new StorageError('the commit was made to fail')): void {
    this.#faults.set(this.#transactionCount + n, error)
  }

  /** Every transaction fails until `heal`. */
  fail(error = new StorageError('the store was made to fail')): void {
    this.#outage = error
  }

  heal(): void {
    this.#outage = undefined
    this.#faults.clear()
  }

  #transact(changes: readonly MetadataChange[]): void {
    const number = ++this.#transactionCount
    const fault = this.#outage ?? this.#faults.get(number)
    this.#faults.delete(number)
    if (fault !== undefined) throw fault
    for (const change of changes) this.#apply(change)
  }

  #apply(change: MetadataChange): void {
    switch (change.type) {
      case 'setSetting':
        this.#settings.set(change.setting, change.value)
        break
      case 'putTopic':
        this.#topics.set(change.topic.name, { ...change.topic })
        break
      case 'deleteTopic':
        this.#deleteTopic(change.name)
        break
      case 'raiseLeaderEpochs':
        for (const [name, topic] of this.#topics)
          this.#topics.set(name, { ...topic, leaderEpoch: topic.leaderEpoch + 1 })
        break
      case 'putConfig': {
        const { resource, name, key, value } = change
        const id = JSON.stringify([resource, name, key])
        if (value === undefined) this.#configs.delete(id)
        else this.#configs.set(id, { resource, name, key, value })
        break
      }
      case 'putGroup':
        this.#groups.set(change.group.groupId, { ...change.group, value: change.group.value.slice() })
        break
      case 'deleteGroup':
        this.#groups.delete(change.groupId)
        this.#offsets.delete(change.groupId)
        break
      case 'putOffset':
        this.#putOffset(change.offset)
        break
      case 'deleteOffset':
        this.#offsets.get(change.groupId)?.delete(partitionKey(change.topic, change.partition))
        break
    }
  }

  #deleteTopic(name: string): void {
    this.#topics.delete(name)
    for (const [id, row] of this.#configs)
      if (row.resource === 'topic' && row.name === name) this.#configs.delete(id)
    for (const rows of this.#offsets.values())
      for (const [key, row] of rows) if (row.topic === name) rows.delete(key)
  }

  #putOffset(row: OffsetRow): void {
    let rows = this.#offsets.get(row.groupId)
    if (rows === undefined) this.#offsets.set(row.groupId, (rows = new Map()))
    rows.set(partitionKey(row.topic, row.partition), { ...row })
  }

  #restore(rows: MetadataRows): void {
    for (const [setting, value] of rows.settings) this.#settings.set(setting, value)
    for (const topic of rows.topics) this.#apply({ type: 'putTopic', topic })
    for (const row of rows.configs) this.#apply({ type: 'putConfig', ...row })
    for (const group of rows.groups) this.#apply({ type: 'putGroup', group })
    for (const offset of rows.offsets) this.#apply({ type: 'putOffset', offset })
  }
}

/** A topic name has no slash, so that this is one string for one partition. */
function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
