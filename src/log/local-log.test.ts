import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SeededRandom } from '#base/random.ts'
import { MemoryFileStore } from '#storage/memory-file-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import { batchOf, idempotent, logConfig, openLogs, readAll, startMs } from './log-fixture.ts'

const acked = { acks: -1, transactional: false } as const

describe('LocalLog', () => {
  it('appends, answers offsets, and serves what it acknowledged', async () => {
    const { manager } = await openLogs(new MemoryFileStore())
    const log = manager.get('t', 0)!
    const first = await log.append(batchOf(['a', 'b']), acked)
    assert.deepEqual(first, { error: 'NONE', baseOffset: 0, logAppendTimeMs: -1, logStartOffset: 0 })
    const more = await Promise.all([
      log.append(batchOf(['c']), acked),
      log.append(batchOf(['d', 'e'], { codec: 'gzip' }), acked),
    ])
    assert.deepEqual(
      more.map(outcome => outcome.error === 'NONE' && outcome.baseOffset),
      [2, 3],
    )
    assert.equal(log.highWatermark, 5)
    assert.deepEqual(
      (await readAll(log)).map(record => `${record.offset}${record.value}`),
      ['0a', '1b', '2c', '3d', '4e'],
    )
    assert.deepEqual(await log.read(6, { maxBytes: 1, minOneBatch: true, isolation: 'read_uncommitted' }), {
      error: 'OFFSET_OUT_OF_RANGE',
    })
  })

  it('is found as it was after an orderly stop, without a scan', async () => {
    const files = new MemoryFileStore()
    const first = await openLogs(files, { config: { segmentBytes: 4000 } })
    for (let index = 0; index < 200; index++)
      await first.manager.get('t', 0)!.append(idempotent(9, index, [`v${index}`]), acked)
    await first.manager.close()

    const second = await openLogs(files, { isNew: false, config: { segmentBytes: 4000 } })
    assert.deepEqual(second.logger.lines, [])
    const log = second.manager.get('t', 0)!
    assert.deepEqual(
      (await readAll(log)).map(record => record.value),
      Array.from({ length: 200 }, (_, index) => `v${index}`),
    )
    assert.deepEqual(await log.append(idempotent(9, 199, ['v199']), acked), {
      error: 'NONE',
      baseOffset: 199,
      logAppendTimeMs: -1,
      logStartOffset: 0,
    })
    await second.manager.close()
  })

  it('shows nothing before it is synced', async () => {
    const files = new MemoryFileStore()
    const { manager } = await openLogs(files)
    const log = manager.get('t', 0)!
    const append = log.append(batchOf(['a']), acked)
    assert.equal(log.logEndOffset, 1)
    assert.equal(log.highWatermark, 0)
    const synced = files.counts.get('sync') ?? 0
    await append
    assert.equal(files.counts.get('sync'), synced + 1)
    assert.equal(log.highWatermark, 1)
  })

  it('does not sync where the flush policy does not ask for it, and does by flush.ms', async () => {
    const files = new MemoryFileStore()
    const { manager, clock } = await openLogs(files, {
      config: { flushMessages: Number.MAX_SAFE_INTEGER, flushMs: 500 },
    })
    const log = manager.get('t', 0)!
    const synced = files.counts.get('sync')
    await log.append(batchOf(['a']), acked)
    assert.equal(files.counts.get('sync'), synced)
    await clock.advance(500)
    assert.equal(files.counts.get('sync'), synced! + 1)
  })

  it('fails what is open when a sync fails, and comes back without it', async () => {
    const files = new MemoryFileStore()
    const { manager, clock } = await openLogs(files)
    const log = manager.get('t', 0)!
    await log.append(idempotent(9, 0, ['kept']), acked)
    files.fail({ operation: 'sync', path: '.log', code: 'EIO' })
    let woken = 0
    log.watch(() => woken++)
    await assert.rejects(log.append(idempotent(9, 1, ['lost']), acked), StorageError)
    assert.ok(woken > 0)
    assert.ok(manager.isOffline('t', 0))
    await clock.advance(0)
    const again = manager.get('t', 0)!
    assert.notEqual(again, log)
    assert.equal(again.logEndOffset, 1)
    const outcome = await again.append(idempotent(9, 1, ['sent again']), acked)
    assert.equal(outcome.error === 'NONE' && outcome.baseOffset, 1)
    assert.deepEqual(
      (await readAll(again)).map(record => record.value),
      ['kept', 'sent again'],
    )
  })

  it('reads on while the disk is full, and takes appends again when there is room', async () => {
    const files = new MemoryFileStore({ capacityBytes: 100_000_000 })
    const { manager, clock, logger } = await openLogs(files)
    const log = manager.get('t', 0)!
    await log.append(batchOf(['kept']), acked)
    files.capacityBytes = files.usedBytes + 30
    await assert.rejects(log.append(batchOf(['too much']), acked), { code: 'ENOSPC' })
    assert.equal((await readAll(manager.get('t', 0)!)).length, 1)
    await clock.advance(0)
    const again = manager.get('t', 0)!
    assert.equal(again.logEndOffset, 1)
    assert.equal((await files.stat('t-0/00000000000000000000.log'))!.sizeInBytes, again.sizeInBytes)
    await assert.rejects(again.append(batchOf(['refused']), acked), { code: 'ENOSPC' })
    files.capacityBytes = 100_000_000
    await clock.advance(1000)
    await again.append(batchOf(['taken']), acked)
    assert.deepEqual(
      (await readAll(again)).map(record => record.value),
      ['kept', 'taken'],
    )
    assert.ok(logger.lines.some(line => line.message.includes('room on the disk')))
  })

  it('finds timestamps as Kafka does, also out of order and inside of batches', async () => {
    const { manager } = await openLogs(new MemoryFileStore(), { config: { indexIntervalBytes: 100 } })
    const log = manager.get('t', 0)!
    for (const [index, timestampMs] of [10, 50, 30, 20, 60, 60, 40].entries())
      await log.append(
        batchOf([`a${index}`, `b${index}`], index % 2 ? { codec: 'lz4' } : {}, startMs + timestampMs),
        acked,
      )
    const find = async (ms: number) =>
      (await log.offsetForTimestamp(startMs + ms, 'read_uncommitted'))?.offset
    assert.deepEqual(await Promise.all([0, 10, 11, 50, 51, 60, 61].map(find)), [0, 0, 2, 2, 8, 8, undefined])
    assert.deepEqual(await log.offsetOfMaxTimestamp(), {
      timestampMs: startMs + 60,
      offset: 8,
      leaderEpoch: 0,
    })
  })

  it('moves the log start up, durably', async () => {
    const files = new MemoryFileStore({ crashable: true })
    const first = await openLogs(files)
    const log = first.manager.get('t', 0)!
    for (const value of ['a', 'b', 'c']) await log.append(batchOf([value]), acked)
    assert.deepEqual(await log.deleteRecordsBefore(4), { error: 'OFFSET_OUT_OF_RANGE', logStartOffset: 0 })
    assert.deepEqual(await log.deleteRecordsBefore(2), { error: 'NONE', logStartOffset: 2 })
    const survivor = files.crash(new SeededRandom(1))
    const second = await openLogs(survivor, { isNew: false })
    const again = second.manager.get('t', 0)!
    assert.equal(again.logStartOffset, 2)
    assert.deepEqual(
      (await readAll(again)).map(record => record.value),
      ['c'],
    )
    assert.deepEqual(await again.deleteRecordsBefore(-1), { error: 'NONE', logStartOffset: 3 })
  })

  it('removes old segments by size and by time, and their files later', async () => {
    const files = new MemoryFileStore()
    const { manager, clock } = await openLogs(files, {
      config: { segmentBytes: 300, retentionBytes: 600, fileDeleteDelayMs: 1000 },
    })
    const log = manager.get('t', 0)!
    for (let index = 0; index < 30; index++)
      await log.append(batchOf([`v${index}`.padEnd(40)], {}, startMs), acked)
    await manager.applyRetention()
    assert.ok(log.sizeInBytes >= 600 && log.sizeInBytes < 900, String(log.sizeInBytes))
    assert.equal((await readAll(log))[0]!.offset, log.logStartOffset)
    const deleted = async () =>
      (await files.list('t-0')).filter(entry => entry.name.endsWith('.deleted')).length
    assert.ok((await deleted()) > 0)
    await clock.advance(1000)
    assert.equal(await deleted(), 0)

    const { logEndOffset } = log
    manager.configure('t', { ...logConfig, segmentBytes: 300, fileDeleteDelayMs: 1000, retentionMs: 10 })
    await clock.advance(11)
    await manager.applyRetention()
    assert.equal(log.logStartOffset, logEndOffset)
    assert.equal(log.sizeInBytes, 0)
    await log.append(batchOf(['new']), acked)
    assert.equal((await readAll(log)).length, 1)
  })

  it('keeps a slice readable while its segment is removed', async () => {
    const files = new MemoryFileStore()
    const { manager, clock } = await openLogs(files, {
      config: { segmentBytes: 300, retentionBytes: 0, fileDeleteDelayMs: 0 },
      settings: { tailCacheBytes: 0 },
    })
    const log = manager.get('t', 0)!
    for (let index = 0; index < 10; index++) await log.append(batchOf([`v${index}`.padEnd(40)]), acked)
    const outcome = await log.read(0, { maxBytes: 100, minOneBatch: true, isolation: 'read_uncommitted' })
    assert.ok(outcome.error === 'NONE' && outcome.records !== undefined)
    await manager.applyRetention()
    await clock.advance(1)
    const bytes = Buffer.alloc(outcome.records.byteLength)
    await outcome.records.read(0, bytes)
    assert.ok(bytes.includes('v0'))
    outcome.records.release()
    await clock.advance(1)
    assert.deepEqual(
      (await files.list('t-0')).filter(entry => entry.name.endsWith('.deleted')),
      [],
    )
  })
})
