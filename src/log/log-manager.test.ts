import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SeededRandom } from '#base/random.ts'
import type { FileStore } from '#storage/file-store.ts'
import { MemoryFileStore } from '#storage/memory-file-store.ts'
import { LogManager } from './log-manager.ts'
import { verifyDataFolder } from './verify.ts'
import { batchOf, logConfig, openLogs, readAll } from './log-fixture.ts'

const acked = { acks: -1, transactional: false } as const
const otherId = 'ZZZZZZZZZZZZZZZZZZZZZw'

const foldersOf = async (files: FileStore) =>
  (await files.list('')).filter(entry => entry.isFolder).map(entry => entry.name)

async function changeByte(files: FileStore, path: string, position: number): Promise<void> {
  const file = await files.open(path)
  const byte = Buffer.alloc(1)
  await file.read(position, byte)
  byte[0]! ^= 0xff
  await file.write(position, [byte])
  await file.close()
}

async function fill(manager: LogManager, count: number): Promise<void> {
  for (let index = 0; index < count; index++)
    await manager.get('t', 0)!.append(batchOf([`v${index}`.padEnd(50)]), acked)
}

const values = async (manager: LogManager) =>
  (await readAll(manager.get('t', 0)!)).map(record => record.value.trim())
const expected = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`)

describe('LogManager', () => {
  it('knows an orderly stop from another one', async () => {
    const files = new MemoryFileStore({ crashable: true })
    assert.equal(await LogManager.wasCleanShutdown(files), true)
    const first = await openLogs(files)
    assert.equal(await LogManager.wasCleanShutdown(files), false)
    await first.manager.close()
    assert.equal(await LogManager.wasCleanShutdown(files), true)
    await openLogs(files, { isNew: false })
    assert.equal(await LogManager.wasCleanShutdown(files.crash(new SeededRandom(1))), false)
  })

  it('finds partitions only after they are published', async () => {
    const files = new MemoryFileStore()
    const { manager } = await openLogs(files)
    const topic = { topic: 'u', topicId: otherId, leaderEpoch: 3, partitions: [0, 1], config: logConfig }
    await manager.create(topic)
    assert.equal(manager.get('u', 0), undefined)
    manager.publish(otherId)
    assert.equal(manager.get('u', 1)!.leaderEpoch, 3)
    await manager.create({ ...topic, partitions: [2] })
    await manager.discard(otherId)
    assert.deepEqual(await foldersOf(files), ['t-0', 'u-0', 'u-1'])
    assert.equal(manager.get('u', 2), undefined)
    assert.equal(manager.isOffline('u', 2), false)
  })

  it('makes all partitions or none', async () => {
    const files = new MemoryFileStore()
    const { manager } = await openLogs(files)
    files.fail({ operation: 'sync', path: 'u-1', code: 'EIO' })
    await assert.rejects(
      manager.create({
        topic: 'u',
        topicId: otherId,
        leaderEpoch: 0,
        partitions: [0, 1, 2],
        config: logConfig,
      }),
      { code: 'EIO' },
    )
    assert.deepEqual(await foldersOf(files), ['t-0'])
  })

  it('forgets a deleted topic at once and removes its files later, also of one made again', async () => {
    const files = new MemoryFileStore()
    const { manager, clock } = await openLogs(files)
    await fill(manager, 3)
    const old = manager.get('t', 0)!
    let woken = 0
    old.watch(() => woken++)
    await manager.delete('t')
    assert.equal(manager.get('t', 0), undefined)
    assert.ok(woken > 0)
    await assert.rejects(old.append(batchOf(['late']), acked))
    await manager.create({ topic: 't', topicId: otherId, leaderEpoch: 0, partitions: [0], config: logConfig })
    manager.publish(otherId)
    assert.deepEqual(await values(manager), [])
    assert.equal((await foldersOf(files)).length, 2)
    await clock.advance(logConfig.fileDeleteDelayMs)
    assert.deepEqual(await foldersOf(files), ['t-0'])
  })

  it('removes at its start what belongs to no row', async () => {
    const files = new MemoryFileStore()
    const first = await openLogs(files, { partitionCount: 2 })
    await fill(first.manager, 2)
    await first.manager.close()
    await files.rename('t-1', 't-1.0123-delete')
    await files.createFolder('gone-7')
    await (await files.open('gone-7/partition.metadata', { create: true })).close()
    await files.createFolder('not-ours-2020')
    const second = await openLogs(files, { isNew: false })
    assert.deepEqual(await foldersOf(files), ['not-ours-2020', 't-0'])
    assert.equal(second.logger.lines.filter(line => line.message.includes('left-over')).length, 2)
    assert.deepEqual(await values(second.manager), expected(2))
  })

  it('never shows records of an earlier topic of the same name', async () => {
    const files = new MemoryFileStore()
    const first = await openLogs(files)
    await fill(first.manager, 2)
    await first.manager.close()
    await files.replace('t-0/partition.metadata', Buffer.from(`version: 0\ntopic_id: ${otherId}\n`))
    const second = await openLogs(files, { isNew: false })
    assert.ok(second.manager.isOffline('t', 0))
    assert.deepEqual(await foldersOf(files), [])
  })

  it('reports a row whose folder is gone, and serves the rest', async () => {
    const files = new MemoryFileStore()
    const first = await openLogs(files, { partitionCount: 2 })
    await first.manager.close()
    await files.removeFolder('t-0')
    const second = await openLogs(files, { isNew: false, partitionCount: 2 })
    assert.ok(second.manager.isOffline('t', 0))
    assert.equal(second.manager.get('t', 0), undefined)
    assert.ok(second.manager.get('t', 1) !== undefined)
    assert.ok(second.logger.lines.some(line => line.level === 'error'))
    assert.deepEqual(await foldersOf(files), ['t-1'])
  })

  it('tries a partition again that could not be opened', async () => {
    const files = new MemoryFileStore()
    const first = await openLogs(files)
    await fill(first.manager, 2)
    await first.manager.close()
    files.fail({ operation: 'list', path: 't-0', code: 'EIO' })
    const second = await openLogs(files, { isNew: false, settings: { reopenIntervalMs: 1000 } })
    assert.ok(second.manager.isOffline('t', 0))
    await second.clock.advance(1000)
    assert.ok(!second.manager.isOffline('t', 0))
    assert.deepEqual(await values(second.manager), expected(2))
  })

  it('raises the epoch from the end of the log on', async () => {
    const files = new MemoryFileStore()
    const first = await openLogs(files)
    await fill(first.manager, 2)
    const { manager } = await openLogs(files, { isNew: false, leaderEpoch: 1 })
    const log = manager.get('t', 0)!
    await log.append(batchOf(['new']), acked)
    assert.deepEqual(
      (await readAll(log)).map(record => record.leaderEpoch),
      [0, 0, 1],
    )
    assert.deepEqual(log.endOffsetForEpoch(0), { leaderEpoch: 0, endOffset: 2 })
    assert.deepEqual(log.endOffsetForEpoch(1), { leaderEpoch: 1, endOffset: 3 })
    assert.deepEqual(log.endOffsetForEpoch(2), { leaderEpoch: -1, endOffset: -1 })
    assert.equal(log.epochOf(1), 0)
  })
})

describe('recovery', () => {
  const config = { segmentBytes: 1000, indexIntervalBytes: 100 }

  async function stopped(isOrderly: boolean): Promise<MemoryFileStore> {
    const files = new MemoryFileStore()
    const { manager } = await openLogs(files, { config })
    await fill(manager, 20)
    await manager.checkpoint()
    if (isOrderly) await manager.close()
    return files
  }

  const reopened = (files: MemoryFileStore) => openLogs(files, { config, isNew: false, leaderEpoch: 1 })
  const logNames = async (files: MemoryFileStore) =>
    (await files.list('t-0')).map(entry => entry.name).filter(name => name.endsWith('.log'))

  it('makes missing and damaged index files anew', async () => {
    const files = await stopped(true)
    const before = await files.read('t-0/00000000000000000000.index')
    await files.remove('t-0/00000000000000000000.index')
    const last = (await logNames(files)).at(-1)!
    await files.replace(`t-0/${last.replace('.log', '.index')}`, Buffer.from('no index'))
    const { manager, logger } = await reopened(files)
    assert.deepEqual(await values(manager), expected(20))
    assert.deepEqual(await files.read('t-0/00000000000000000000.index'), before)
    assert.equal(logger.lines.filter(line => line.message === 'Recovered a log').length, 1)
  })

  it('does without damaged snapshots', async () => {
    const files = await stopped(true)
    const damaged = (await files.list('t-0'))
      .map(entry => entry.name)
      .filter(name => name.endsWith('.snapshot'))
    for (const name of damaged) await changeByte(files, `t-0/${name}`, 4)
    const { manager, logger } = await reopened(files)
    assert.deepEqual(await values(manager), expected(20))
    assert.equal(logger.lines[0]!.fields['unusableSnapshots'], damaged.length)
    await manager.close()
    assert.deepEqual((await verifyDataFolder(files)).findings, [])
  })

  it('cuts the log at the first bad batch and drops what comes after', async () => {
    const files = await stopped(false)
    const names = await logNames(files)
    const second = names[1]!
    // Not below a snapshot: those are of batches that were on disk.
    for (const { name } of await files.list('t-0'))
      if (name.endsWith('.snapshot')) await files.remove(`t-0/${name}`)
    await changeByte(files, `t-0/${second}`, 150)
    const { manager, logger } = await reopened(files)
    const kept = Number(second.slice(0, 20)) + 1
    assert.deepEqual(await values(manager), expected(kept))
    assert.equal(logger.lines.at(-1)!.fields['cutReason'], 'a checksum is wrong')
    assert.deepEqual(await logNames(files), names.slice(0, 2))
    const outcome = await manager.get('t', 0)!.append(batchOf(['next']), acked)
    assert.equal(outcome.error === 'NONE' && outcome.baseOffset, kept)
  })

  it('scans nothing before the snapshot that it uses', async () => {
    const files = new MemoryFileStore()
    const options = { config, settings: { snapshotIntervalBytes: 300 } }
    const first = await openLogs(files, options)
    await fill(first.manager, 200)
    await first.manager.checkpoint()
    const { manager, logger } = await openLogs(files, { ...options, isNew: false, leaderEpoch: 1 })
    assert.equal(manager.get('t', 0)!.logEndOffset, 200)
    assert.ok(Number(logger.lines[0]!.fields['scannedBatches']) < 25, JSON.stringify(logger.lines))
  })

  it('reports records that were on disk and are gone', async () => {
    const files = await stopped(true)
    const last = (await logNames(files)).at(-1)!
    const file = await files.open(`t-0/${last}`)
    await file.truncate((await file.size()) - 1)
    const { manager, logger } = await reopened(files)
    assert.equal(manager.get('t', 0)!.logEndOffset, 19)
    assert.ok(logger.lines.some(line => line.level === 'error' && line.message.includes('missing')))
  })
})
