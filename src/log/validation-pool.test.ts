import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '#base/clock.ts'
import { silentLogger } from '#base/logger.ts'
import { encodeBatch } from '#protocol/encode-batch.ts'
import type { Codec } from '#protocol/record-batch.ts'
import { type DeepJob, type DeepResult, validateDeep } from './deep-validation.ts'
import { ValidationPool, type ValidationPoolOptions } from './validation-pool.ts'

const nowMs = 1_764_000_000_000

function job(codec: Codec, valueBytes: number, targetCodec = codec, maxMessageBytes = 1 << 20): DeepJob {
  const value = Buffer.alloc(valueBytes, 'value ')
  return {
    batch: encodeBatch({ codec }, [{ timestampMs: nowMs, key: null, value }]),
    rules: {
      topicPartition: 't-0',
      nowMs,
      cleanupCompact: false,
      messageTimestampType: 'CreateTime',
      timestampBeforeMaxMs: 2 ** 53,
      timestampAfterMaxMs: 1000,
      maxMessageBytes,
      targetCodec,
      compressionLevel: undefined,
    },
  }
}

async function withPool(
  options: Partial<ValidationPoolOptions>,
  run: (pool: ValidationPool, clock: FakeClock) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock(nowMs)
  const pool = new ValidationPool({ clock, logger: silentLogger, ...options })
  try {
    await run(pool, clock)
  } finally {
    await pool.close()
  }
}

/** A script for the threads, in place of the real one. */
function script(code: string): URL {
  return new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'\n${code}`)}`,
  )
}

function errorOf(result: DeepResult): string {
  return result.kind === 'refused' ? result.error : 'NONE'
}

test('small batches are answered in place, others by a worker, with the same answer', async () => {
  await withPool({}, async pool => {
    const small = pool.validate(job('zstd', 100))
    assert.ok(!(small instanceof Promise))
    assert.equal(errorOf(small), 'NONE')

    for (const each of [job('zstd', 500_000), job('gzip', 10, 'lz4'), job('zstd', 100_000, 'none')]) {
      const result = pool.validate(each)
      assert.ok(result instanceof Promise)
      assert.deepEqual(await result, validateDeep(each))
    }
    const bomb = await pool.validate(job('zstd', 500_000, 'zstd', 1000))
    assert.equal(errorOf(bomb), 'MESSAGE_TOO_LARGE')
  })
})

test('the bytes stay with their owner', async () => {
  await withPool({}, async pool => {
    const each = job('zstd', 500_000)
    const before = Buffer.from(each.batch)
    await pool.validate(each)
    assert.deepEqual(each.batch, before)
  })
})

test('many jobs are answered in order, by one worker or two', async () => {
  for (const workerCount of [1, 2]) {
    await withPool({ workerCount }, async pool => {
      const order: number[] = []
      const answers = Array.from({ length: 20 }, async (_, index) => {
        const result = await pool.validate(job('zstd', 200_000 + index))
        order.push(index)
        return errorOf(result)
      })
      assert.deepEqual(
        await Promise.all(answers),
        Array.from({ length: 20 }, () => 'NONE'),
      )
      if (workerCount === 1)
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
        )
    })
  }
})

test('a worker that dies answers its job, and the next job gets a new one', async () => {
  const dying = script(`
    parentPort.on('message', ({ rules }) => {
      if (rules.topicPartition === 'poison') process.exit(3)
      if (rules.topicPartition === 'throw') throw new Error('thrown')
      parentPort.postMessage({ kind: 'checked', maxTimestamp: 7 })
    })`)
  await withPool({ script: dying }, async pool => {
    const named = (topicPartition: string): DeepJob => {
      const each = job('zstd', 200_000)
      return { ...each, rules: { ...each.rules, topicPartition } }
    }
    const results = await Promise.all(
      ['good', 'poison', 'good', 'throw', 'good'].map(async name => pool.validate(named(name))),
    )
    assert.deepEqual(results.map(errorOf), [
      'NONE',
      'KAFKA_STORAGE_ERROR',
      'NONE',
      'KAFKA_STORAGE_ERROR',
      'NONE',
    ])
  })
})

test('a stuck worker is ended after a minute', async () => {
  await withPool({ script: script(`parentPort.on('message', () => {})`) }, async (pool, clock) => {
    const result = pool.validate(job('zstd', 200_000))
    await clock.advance(60_000)
    assert.equal(errorOf(await result), 'KAFKA_STORAGE_ERROR')
  })
})

test('the queue is bounded, and closing answers what waits', async () => {
  const stuck = script(`parentPort.on('message', () => {})`)
  await withPool({ script: stuck, maxQueuedJobs: 2 }, async pool => {
    const waiting = [1, 2, 3].map(async () => pool.validate(job('zstd', 200_000)))
    const refused = pool.validate(job('zstd', 200_000))
    assert.ok(!(refused instanceof Promise))
    assert.equal(errorOf(refused), 'REQUEST_TIMED_OUT')
    await pool.close()
    const results = await Promise.all(waiting)
    assert.deepEqual(
      results.map(errorOf),
      Array.from({ length: 3 }, () => 'KAFKA_STORAGE_ERROR'),
    )
    const late = pool.validate(job('zstd', 100))
    assert.equal(errorOf(await late), 'KAFKA_STORAGE_ERROR')
  })
})
