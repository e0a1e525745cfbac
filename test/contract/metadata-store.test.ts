/**
 * What every MetadataStore must do, run on both forms; then what only the SQLite file can show: the lock, the
 * format version, survival of a kill, a disk that refuses.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import * as fc from 'fast-check'
import { afterThisTurn } from '#base/clock.ts'
import { MemoryMetadataStore } from '#storage/memory-metadata-store.ts'
import type { MetadataChange, MetadataRows, MetadataStore, OffsetRow } from '#storage/metadata-store.ts'
import { SqliteMetadataStore } from '#storage/sqlite-metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'

interface Subject {
  readonly store: MetadataStore
  /** The same rows after the process went away without a close. */
  reopen(): Promise<MetadataStore>
}

async function newFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'odradek-metadata-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function openSqlite(folder: string): Promise<SqliteMetadataStore> {
  const path = join(folder, 'metadata.sqlite')
  return SqliteMetadataStore.open({ path, schedule: afterThisTurn, syncFolder: async () => {} })
}

const forms: Record<string, (context: TestContext) => Promise<Subject>> = {
  memory: async () => {
    const store = new MemoryMetadataStore()
    return { store, reopen: async () => new MemoryMetadataStore({ rows: store.snapshot() }) }
  },
  sqlite: async context => {
    const folder = await newFolder(context)
    const store = await openSqlite(folder)
    const opened = [store]
    context.after(() => Promise.all(opened.map(each => each.close())))
    return {
      store,
      reopen: async () => {
        await store.close()
        const again = await openSqlite(folder)
        opened.push(again)
        return again
      },
    }
  },
}

const offset = (over: Partial<OffsetRow> = {}): OffsetRow => ({
  groupId: 'g',
  topic: 't',
  partition: 0,
  offset: 1n,
  leaderEpoch: -1,
  metadata: '',
  commitTimestampMs: 1_700_000_000_000,
  expireTimestampMs: -1,
  ...over,
})

const topic = (name: string, topicId = name): MetadataChange => ({
  type: 'putTopic',
  topic: { topicId, name, partitionCount: 3, leaderEpoch: 0 },
})

/** Rows in an order that does not depend on the form, for comparison. */
function sorted(rows: MetadataRows): object {
  const order = <Row extends object>(list: readonly Row[], key: (row: Row) => string): object[] =>
    list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  return {
    settings: Object.fromEntries(rows.settings),
    topics: order(rows.topics, row => row.name),
    configs: order(rows.configs, row => JSON.stringify([row.resource, row.name, row.key])),
    groups: order(rows.groups, row => row.groupId).map(row => ({
      ...row,
      value: Buffer.from((row as { value: Uint8Array }).value).toString('hex'),
    })),
    offsets: order(rows.offsets, row => JSON.stringify([row.groupId, row.topic, row.partition])),
  }
}

for (const [form, open] of Object.entries(forms)) {
  describe(`MetadataStore in its ${form} form`, () => {
    test('is empty at first', async context => {
      const { store } = await open(context)
      assert.deepEqual(sorted(await store.load()), {
        settings: {},
        topics: [],
        configs: [],
        groups: [],
        offsets: [],
      })
    })

    test('gives back every field of every row, before and after it is opened again', async context => {
      const subject = await open(context)
      const { store } = subject
      const group = { groupId: 'γ', kind: 'classic', value: Uint8Array.of(0, 3, 255) } as const
      const rows = [
        offset({ groupId: 'γ', offset: -9223372036854775808n, metadata: 'a\0b \u2028' }),
        offset({ groupId: 'γ', partition: 2147483647, offset: 9223372036854775807n, leaderEpoch: 7 }),
        offset({ groupId: '', topic: 'u', offset: 9007199254740993n, expireTimestampMs: 1_700_000_000_001 }),
      ]
      await store.commit([
        { type: 'setSetting', setting: 'clusterId', value: 'MkU3OEVBNTcwNTJENDM2Qk' },
        topic('t'),
        { type: 'putConfig', resource: 'topic', name: 't', key: 'retention.ms', value: '5' },
        { type: 'putConfig', resource: 'broker', name: '', key: 'message.max.bytes', value: '' },
        { type: 'putGroup', group },
        { type: 'putGroup', group: { ...group, groupId: 'empty', value: new Uint8Array() } },
        ...rows.map(row => ({ type: 'putOffset', offset: row }) as const),
      ])
      const before = await store.load()
      assert.deepEqual(before.topics, [{ topicId: 't', name: 't', partitionCount: 3, leaderEpoch: 0 }])
      assert.equal(before.settings.get('clusterId'), 'MkU3OEVBNTcwNTJENDM2Qk')
      assert.equal(before.configs.length, 2)
      assert.deepEqual(
        [...before.offsets].sort((a, b) => (a.offset < b.offset ? -1 : 1)),
        rows.toSorted((a, b) => (a.offset < b.offset ? -1 : 1)),
      )
      assert.deepEqual(Object.fromEntries(before.groups.map(row => [row.groupId, [...row.value]])), {
        empty: [],
        γ: [0, 3, 255],
      })
      assert.deepEqual(sorted(await (await subject.reopen()).load()), sorted(before))
    })

    test('a row put again replaces the one before', async context => {
      const { store } = await open(context)
      await store.commit([topic('t', 'first'), { type: 'putOffset', offset: offset() }])
      await store.commit([topic('t', 'second'), { type: 'putOffset', offset: offset({ offset: 2n }) }])
      const rows = await store.load()
      assert.equal(rows.topics.length, 1)
      assert.equal(rows.topics[0]?.topicId, 'second')
      assert.deepEqual(rows.offsets, [offset({ offset: 2n })])
    })

    test('deleteTopic drops its configs and its offsets in every group, and nothing else', async context => {
      const { store } = await open(context)
      const config = (resource: 'topic' | 'group', name: string): MetadataChange => ({
        type: 'putConfig',
        resource,
        name,
        key: 'k',
        value: 'v',
      })
      await store.commit([
        topic('t'),
        topic('u'),
        config('topic', 't'),
        config('topic', 'u'),
        config('group', 't'),
      ])
      await store.commit(
        [offset(), offset({ groupId: 'h' }), offset({ topic: 'u' })].map(row => ({
          type: 'putOffset',
          offset: row,
        })),
      )
      await store.commit([{ type: 'deleteTopic', name: 't' }])
      const rows = await store.load()
      assert.deepEqual(
        rows.topics.map(row => row.name),
        ['u'],
      )
      assert.deepEqual(rows.configs.map(row => `${row.resource}/${row.name}`).sort(), ['group/t', 'topic/u'])
      assert.deepEqual(rows.offsets, [offset({ topic: 'u' })])
    })

    test('deleteGroup drops its offsets; deleteOffset and a config without a value drop one row', async context => {
      const { store } = await open(context)
      await store.commit([
        { type: 'putGroup', group: { groupId: 'g', kind: 'classic', value: Uint8Array.of(1) } },
        { type: 'putOffset', offset: offset() },
        { type: 'putOffset', offset: offset({ groupId: 'h' }) },
        { type: 'putOffset', offset: offset({ groupId: 'h', partition: 1 }) },
        { type: 'putConfig', resource: 'broker', name: '1', key: 'k', value: 'v' },
      ])
      await store.commit([
        { type: 'deleteGroup', groupId: 'g' },
        { type: 'deleteOffset', groupId: 'h', topic: 't', partition: 1 },
        { type: 'deleteOffset', groupId: 'nobody', topic: 't', partition: 1 },
        { type: 'putConfig', resource: 'broker', name: '1', key: 'k', value: undefined },
      ])
      const rows = await store.load()
      assert.deepEqual([rows.groups, rows.configs], [[], []])
      assert.deepEqual(rows.offsets, [offset({ groupId: 'h' })])
    })

    test('raiseLeaderEpochs adds one to every topic', async context => {
      const { store } = await open(context)
      await store.commit([topic('t'), topic('u'), { type: 'raiseLeaderEpochs' }, topic('v')])
      await store.commit([{ type: 'raiseLeaderEpochs' }])
      const epochs = (await store.load()).topics.map(row => `${row.name} ${row.leaderEpoch}`).sort()
      assert.deepEqual(epochs, ['t 2', 'u 2', 'v 1'])
    })

    test('commits of one turn take effect in their order', async context => {
      const { store } = await open(context)
      const commits = [1, 2, 3].map(value =>
        store.commit([{ type: 'setSetting', setting: 'nextProducerId', value: `${value}` }]),
      )
      await Promise.all(commits)
      assert.equal((await store.load()).settings.get('nextProducerId'), '3')
    })

    test('refuses commits after close, and closes twice', async context => {
      const { store } = await open(context)
      const last = store.commit([topic('t')])
      await store.close()
      await last
      await store.close()
      await assert.rejects(store.commit([topic('u')]), StorageError)
    })
  })
}

const names = fc.constantFrom('a', 'b', 'c')
const changes: fc.Arbitrary<MetadataChange> = fc.oneof(
  names.map(name => topic(name)),
  names.map(name => ({ type: 'deleteTopic', name }) as const),
  fc.constant({ type: 'raiseLeaderEpochs' } as const),
  fc.record({
    type: fc.constant('putConfig' as const),
    resource: fc.constantFrom('topic' as const, 'broker' as const),
    name: names,
    key: names,
    value: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
  }),
  names.map(groupId => ({ type: 'deleteGroup', groupId }) as const),
  fc
    .record({ groupId: names, topic: names, offset: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) })
    .map(row => ({ type: 'putOffset', offset: offset(row) }) as const),
  fc
    .record({ groupId: names, topic: names })
    .map(row => ({ type: 'deleteOffset', partition: 0, ...row }) as const),
)

test('both forms have the same rows after any commits', async context => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(changes, { maxLength: 8 }), { maxLength: 8 }), async commits => {
      const memory = await forms['memory']!(context)
      const sqlite = await forms['sqlite']!(context)
      for (const commit of commits)
        await Promise.all([memory.store.commit(commit), sqlite.store.commit(commit)])
      assert.deepEqual(sorted(await (await sqlite.reopen()).load()), sorted(await memory.store.load()))
    }),
    { numRuns: 25 },
  )
})

describe('MemoryMetadataStore', () => {
  test('commits of one turn share a transaction, and its failure leaves nothing of them', async () => {
    const store = new MemoryMetadataStore()
    await Promise.all([store.commit([topic('t')]), store.commit([topic('u')])])
    assert.equal(store.transactionCount, 1)
    store.failTransaction(2)
    await store.commit([topic('v')])
    const failed = await Promise.allSettled([store.commit([topic('w')]), store.commit([topic('x')])])
    assert.deepEqual(
      failed.map(result => result.status),
      ['rejected', 'rejected'],
    )
    await store.commit([topic('y')])
    assert.deepEqual(
      store.snapshot().topics.map(row => row.name),
      ['t', 'u', 'v', 'y'],
    )
  })

  test('fails until it is healed', async () => {
    const store = new MemoryMetadataStore()
    store.fail()
    await assert.rejects(store.commit([topic('t')]), StorageError)
    await assert.rejects(store.commit([topic('t')]), StorageError)
    store.heal()
    await store.commit([topic('t')])
  })
})

const child = `
  import { afterThisTurn } from '#base/clock.ts'
  import { SqliteMetadataStore } from '#storage/sqlite-metadata-store.ts'
  const store = await SqliteMetadataStore.open({
    path: process.argv[1], schedule: afterThisTurn, syncFolder: async () => {},
  })
  await store.commit([{ type: 'setSetting', setting: 'brokerId', value: '7' }])
  process.stdout.write('committed')
  setInterval(() => {}, 1000)
`

describe('SqliteMetadataStore', () => {
  test('a second one on the same file is refused at once, in this process and in another', async context => {
    const folder = await newFolder(context)
    const path = join(folder, 'metadata.sqlite')
    const store = await openSqlite(folder)
    context.after(() => store.close())
    await assert.rejects(openSqlite(folder), /StorageError: the data folder is in use/)
    const startedMs = performance.now()
    const result = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', child, path], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.match(result.stderr, /the data folder is in use/)
    assert.ok(performance.now() - startedMs < 5_000)
    await store.commit([topic('t')])
  })

  test('kill -9 frees the lock and keeps what was committed', async context => {
    const folder = await newFolder(context)
    const path = join(folder, 'metadata.sqlite')
    const holder = spawn(process.execPath, ['--input-type=module-typescript', '-e', child, path])
    await once(holder.stdout, 'data')
    await assert.rejects(openSqlite(folder), /in use/)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const store = await openSqlite(folder)
    context.after(() => store.close())
    assert.equal((await store.load()).settings.get('brokerId'), '7')
  })

  test('a newer format, a foreign database and a file that is none are refused and left alone', async context => {
    const folder = await newFolder(context)
    const path = join(folder, 'metadata.sqlite')
    await (await openSqlite(folder)).close()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    await assert.rejects(openSqlite(folder), /format version 99.*Start the release that wrote it/)
    await rm(path)
    const foreign = new DatabaseSync(path)
    foreign.exec('PRAGMA user_version = 1; CREATE TABLE theirs (x)')
    foreign.close()
    await assert.rejects(openSqlite(folder), /database of another program/)
    await writeFile(path, 'x'.repeat(8192))
    await assert.rejects(openSqlite(folder), /not a database/)
    assert.equal((await stat(path)).size, 8192)
    await assert.rejects(openSqlite(join(folder, 'absent')), /cannot open .*absent/)
  })

  test('commits of one turn share a transaction: one that fails takes the others with it', async context => {
    const store = await openSqlite(await newFolder(context))
    context.after(() => store.close())
    await store.commit([topic('t', 'same id')])
    const failed = await Promise.allSettled([
      store.commit([topic('u')]),
      store.commit([topic('v', 'same id')]),
    ])
    assert.deepEqual(
      failed.map(result => result.status),
      ['rejected', 'rejected'],
    )
    await store.commit([topic('w')])
    assert.deepEqual(
      (await store.load()).topics.map(row => row.name),
      ['t', 'w'],
    )
  })

  const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0
  test(
    'a write that the system refuses fails the commit whole; commits work again when writes do',
    {
      skip: hasPrlimit ? false : 'needs prlimit of util-linux',
    },
    async context => {
      const folder = await newFolder(context)
      const store = await openSqlite(folder)
      context.after(() => store.close())
      await store.commit([topic('before')])
      const limit = (bytes: string): unknown =>
        execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:unlimited`])
      const { size } = await stat(join(folder, 'metadata.sqlite-wal'))
      limit(`${size + 10_000}`)
      try {
        const big = { type: 'putOffset', offset: offset({ metadata: 'x'.repeat(100_000) }) } as const
        await assert.rejects(store.commit([topic('lost'), big]), (error: unknown) => {
          assert.ok(error instanceof StorageError)
          assert.ok(error.cause !== undefined)
          return true
        })
        assert.deepEqual(
          (await store.load()).topics.map(row => row.name),
          ['before'],
        )
      } finally {
        limit('unlimited')
      }
      await store.commit([topic('after')])
      await store.close()
      const again = await openSqlite(folder)
      context.after(() => again.close())
      assert.deepEqual((await again.load()).topics.map(row => row.name).sort(), ['after', 'before'])
      assert.deepEqual((await again.load()).offsets, [])
    },
  )
})
