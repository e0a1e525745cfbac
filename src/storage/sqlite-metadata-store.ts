/**
 * The metadata rows in one SQLite file. It also is the lock of the data folder: while a store is open, nobody
 * else can open its file, and the operating system frees it with the process, however that ended.
 *
 * The lock is a POSIX one, which a process loses when it closes *any* descriptor of the file. Nothing else in
 * this process may open the file or what SQLite puts beside it.
 *
 * All work is synchronous on the event loop; a commit costs about one sync.
 */
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { CommitQueue } from './commit-queue.ts'
import type { Schedule } from './commit-queue.ts'
import type {
  ConfigResource,
  GroupKind,
  MetadataChange,
  MetadataRows,
  MetadataStore,
  Setting,
} from './metadata-store.ts'
import { migrations } from './migrations/index.ts'
import { StorageError } from './storage-error.ts'

export interface SqliteMetadataStoreOptions {
  /** The database file; created when it does not exist, its folder is not. */
  readonly path: string
  /** End of a turn of the event loop: afterThisTurn of base/clock.ts. */
  readonly schedule: Schedule
  /** Makes the file's entry in its folder durable. */
  readonly syncFolder: () => Promise<void>
}

/** "ODRK": tells `file` and us whose database this is. */
const applicationId = 0x4f_44_52_4b
const sqliteBusy = 5
const sqliteFull = 13
const sqliteNotADatabase = 26

export class SqliteMetadataStore implements MetadataStore {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #statements: Statements
  readonly #queue: CommitQueue

  private constructor(database: DatabaseSync, options: SqliteMetadataStoreOptions) {
    this.#database = database
    this.#path = options.path
    this.#statements = prepareAll(database)
    this.#queue = new CommitQueue(changes => this.#transact(changes), options.schedule)
  }

  /**
   * Opens or creates the file, takes the lock and brings the format up to date.
   * @throws StorageError when the folder is in use, was written by a newer release, or cannot be read; the
   *   message says what to do
   */
  static async open(options: SqliteMetadataStoreOptions): Promise<SqliteMetadataStore> {
    const { path } = options
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, { timeout: 0 })
      takeLock(database)
      migrate(database, path)
      const store = new SqliteMetadataStore(database, options)
      await options.syncFolder()
      return store
    } catch (error) {
      database?.close()
      throw openFailure(path, error)
    }
  }

  async load(): Promise<MetadataRows> {
    try {
      return readAll(this.#database)
    } catch (error) {
      throw new StorageError(`cannot read ${this.#path}: ${messageOf(error)}`, withCode(error))
    }
  }

  commit(changes: readonly MetadataChange[]): Promise<void> {
    return this.#queue.commit(changes)
  }

  /** Commits what waits, folds the write-ahead log into the file and frees the lock. Idempotent. */
  async close(): Promise<void> {
    this.#queue.close()
    if (this.#database.isOpen) this.#database.close()
  }

  #transact(changes: readonly MetadataChange[]): void {
    try {
      this.#statements.begin.run()
      for (const change of changes) this.#apply(change)
      this.#statements.commit.run()
    } catch (error) {
      this.#rollBack()
      throw new StorageError(`cannot commit to ${this.#path}: ${messageOf(error)}`, withCode(error))
    }
  }

  /** A failed write may have ended the transaction already. What a rollback undoes is in memory, so it does not fail. */
  #rollBack(): void {
    if (this.#database.isTransaction) this.#statements.rollback.run()
  }

  #apply(change: MetadataChange): void {
    const run = this.#statements
    switch (change.type) {
      case 'setSetting':
        run.setSetting.run(change.setting, change.value)
        break
      case 'putTopic': {
        const { name, topicId, partitionCount, leaderEpoch } = change.topic
        run.putTopic.run(name, topicId, partitionCount, leaderEpoch)
        break
      }
      case 'deleteTopic':
        run.deleteTopic.run(change.name)
        run.deleteTopicConfigs.run(change.name)
        run.deleteTopicOffsets.run(change.name)
        break
      case 'raiseLeaderEpochs':
        run.raiseLeaderEpochs.run()
        break
      case 'putConfig':
        if (change.value === undefined) run.deleteConfig.run(change.resource, change.name, change.key)
        else run.putConfig.run(change.resource, change.name, change.key, change.value)
        break
      case 'putGroup':
        run.putGroup.run(change.group.groupId, change.group.kind, change.group.value)
        break
      case 'deleteGroup':
        run.deleteGroup.run(change.groupId)
        run.deleteGroupOffsets.run(change.groupId)
        break
      case 'putOffset': {
        const row = change.offset
        run.putOffset.run(
          row.groupId,
          row.topic,
          row.partition,
          row.offset,
          row.leaderEpoch,
          row.metadata,
          row.commitTimestampMs,
          row.expireTimestampMs,
        )
        break
      }
      case 'deleteOffset':
        run.deleteOffset.run(change.groupId, change.topic, change.partition)
        break
    }
  }
}

/**
 * In WAL mode with an exclusive lock SQLite keeps the index of the write-ahead log in its own memory, so that no
 * third file appears. The lock must be asked for before the first access.
 */
function takeLock(database: DatabaseSync): void {
  database.exec('PRAGMA locking_mode = EXCLUSIVE')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
}

function migrate(database: DatabaseSync, path: string): void {
  const found = integerPragma(database, 'application_id')
  const version = integerPragma(database, 'user_version')
  const newest = migrations.length
  if (found !== applicationId && (found !== 0 || version !== 0))
    throw new StorageError(`${path} is a database of another program. Choose another data folder.`)
  if (version > newest)
    throw new StorageError(
      `${path} has format version ${version}, and this release of Odradek knows versions up to ${newest}. ` +
        'Start the release that wrote it, or a newer one, or choose another data folder. Nothing was changed.',
    )
  for (const step of migrations.slice(version)) {
    database.exec('BEGIN IMMEDIATE')
    database.exec(step.sql)
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${step.version}`)
    database.exec('COMMIT')
  }
}

function integerPragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}

function openFailure(path: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error
  const primary = primaryCode(error)
  if (primary === sqliteBusy)
    return new StorageError(
      `the data folder is in use: another process has ${path} open. Stop that process or choose another folder.`,
      withCode(error),
    )
  if (primary === sqliteNotADatabase)
    return new StorageError(`${path} is not a database, or it is damaged: ${messageOf(error)}`, error)
  return new StorageError(`cannot open ${path}: ${messageOf(error)}`, withCode(error))
}

/** SQLite's result code without its extension, where the error has one. */
function primaryCode(error: unknown): number | undefined {
  const extended = (error as { errcode?: number }).errcode
  return extended === undefined ? undefined : extended & 0xff
}

/** A full disk has the operating system's name for it, so that callers need not know SQLite's numbers. */
function withCode(error: unknown): unknown {
  return primaryCode(error) === sqliteFull
    ? Object.assign(new Error(messageOf(error), { cause: error }), { code: 'ENOSPC' })
    : error
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

type Statements = Record<keyof typeof statements, StatementSync>

// Upserts, not INSERT OR REPLACE: that one would delete and insert, and touch the index each time.
const statements = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  setSetting: 'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  putTopic: `INSERT INTO topics (name, topic_id, partition_count, leader_epoch) VALUES (?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET topic_id = excluded.topic_id,
      partition_count = excluded.partition_count, leader_epoch = excluded.leader_epoch`,
  deleteTopic: 'DELETE FROM topics WHERE name = ?',
  deleteTopicConfigs: "DELETE FROM configs WHERE resource = 'topic' AND name = ?",
  deleteTopicOffsets: 'DELETE FROM offsets WHERE topic = ?',
  raiseLeaderEpochs: 'UPDATE topics SET leader_epoch = leader_epoch + 1',
  putConfig: `INSERT INTO configs (resource, name, key, value) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET value = excluded.value`,
  deleteConfig: 'DELETE FROM configs WHERE resource = ? AND name = ? AND key = ?',
  putGroup: `INSERT INTO groups (group_id, kind, value) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET kind = excluded.kind, value = excluded.value`,
  deleteGroup: 'DELETE FROM groups WHERE group_id = ?',
  deleteGroupOffsets: 'DELETE FROM offsets WHERE group_id = ?',
  putOffset: `INSERT INTO offsets (group_id, topic, partition, offset, leader_epoch, metadata,
      commit_timestamp_ms, expire_timestamp_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET offset = excluded.offset, leader_epoch = excluded.leader_epoch,
      metadata = excluded.metadata, commit_timestamp_ms = excluded.commit_timestamp_ms,
      expire_timestamp_ms = excluded.expire_timestamp_ms`,
  deleteOffset: 'DELETE FROM offsets WHERE group_id = ? AND topic = ? AND partition = ?',
} as const

function prepareAll(database: DatabaseSync): Statements {
  const prepared = Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)])
  return Object.fromEntries(prepared) as Statements
}

function readAll(database: DatabaseSync): MetadataRows {
  return {
    settings: new Map(
      rows(database, 'SELECT name, value FROM settings').map(row => [
        row['name'] as Setting,
        text(row, 'value'),
      ]),
    ),
    topics: rows(database, 'SELECT * FROM topics').map(row => ({
      topicId: text(row, 'topic_id'),
      name: text(row, 'name'),
      partitionCount: Number(row['partition_count']),
      leaderEpoch: Number(row['leader_epoch']),
    })),
    configs: rows(database, 'SELECT * FROM configs').map(row => ({
      resource: row['resource'] as ConfigResource,
      name: text(row, 'name'),
      key: text(row, 'key'),
      value: text(row, 'value'),
    })),
    groups: rows(database, 'SELECT * FROM groups').map(row => ({
      groupId: text(row, 'group_id'),
      kind: row['kind'] as GroupKind,
      value: row['value'] as Uint8Array,
    })),
    offsets: rows(database, 'SELECT * FROM offsets').map(row => ({
      groupId: text(row, 'group_id'),
      topic: text(row, 'topic'),
      partition: Number(row['partition']),
      offset: row['offset'] as bigint,
      leaderEpoch: Number(row['leader_epoch']),
      metadata: text(row, 'metadata'),
      commitTimestampMs: Number(row['commit_timestamp_ms']),
      expireTimestampMs: Number(row['expire_timestamp_ms']),
    })),
  }
}

/** Integers come as bigint: a committed offset may be any int64. */
function rows(database: DatabaseSync, sql: string): Record<string, SQLInputValue>[] {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  return statement.all()
}

function text(row: Record<string, SQLInputValue>, column: string): string {
  return row[column] as string
}
