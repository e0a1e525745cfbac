import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { decompress } from '#protocol/compression.ts'
import { type BatchFields, type BatchRecord, encodeBatch } from '#protocol/encode-batch.ts'
import {
  batchCrcIsValid,
  batchHeaderBytes,
  codecs,
  computeBatchCrc,
  patchMaxTimestamp,
  readBatchHeader,
} from '#protocol/record-batch.ts'
import { decodeRecords } from '#protocol/records.ts'
import { type AppendRules, type AppendVerdict, checkAppend, stampBatch } from './append-rules.ts'
import type { LogConfig } from './log-config.ts'
import { inlineValidator } from './validation-pool.ts'

const nowMs = 1_764_000_000_000

const config: LogConfig = {
  segmentBytes: 1 << 30,
  segmentMs: 7 * 86_400_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 << 20,
  indexIntervalBytes: 4096,
  retentionMs: -1,
  retentionBytes: -1,
  fileDeleteDelayMs: 60_000,
  flushMessages: 1,
  flushMs: Number.MAX_SAFE_INTEGER,
  cleanupDelete: true,
  cleanupCompact: false,
  maxMessageBytes: 1_048_588,
  messageTimestampType: 'CreateTime',
  timestampBeforeMaxMs: 2 ** 53,
  timestampAfterMaxMs: 3_600_000,
  compressionType: 'producer',
  compressionLevel: undefined,
}

function check(records: Buffer, overrides: Partial<LogConfig> = {}, rules: Partial<AppendRules> = {}) {
  const verdict = checkAppend(
    records,
    { topicPartition: 't-0', config: { ...config, ...overrides }, nowMs, transactional: false, ...rules },
    inlineValidator,
  )
  assert.ok(!(verdict instanceof Promise))
  return verdict
}

function errorOf(verdict: AppendVerdict): string {
  return verdict.kind === 'accepted' ? 'NONE' : verdict.error
}

interface Answer {
  readonly error: string
  readonly recordErrors?: readonly number[]
}

function readVectors(): { id: string; bytes: Buffer; plain: Answer; compacted?: Answer }[] {
  const folder = new URL('../../test/vectors/', import.meta.url)
  const parse = (text: string) =>
    text
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line))
  const sets = parse(gunzipSync(readFileSync(new URL('records.ndjson.gz', folder))).toString())
  const answers = new Map(
    parse(readFileSync(new URL('produce.ndjson', folder), 'utf8')).map(line => [line.id, line]),
  )
  return sets.map(({ id, b }) => ({ ...answers.get(id), id, bytes: Buffer.from(b, 'base64') }))
}

function checkAnswer(id: string, verdict: AppendVerdict, expected: Answer): void {
  const actual = errorOf(verdict)
  if (expected.error === 'UNKNOWN_SERVER_ERROR') {
    assert.ok(actual === 'INVALID_RECORD' || actual === 'CORRUPT_MESSAGE', `${id}: ${actual}`)
    return
  }
  assert.equal(actual, expected.error, id)
  const indexes = verdict.kind === 'refused' ? verdict.recordErrors?.map(each => each.batchIndex) : undefined
  assert.deepEqual(indexes, expected.recordErrors, id)
}

test('answers every record set as Kafka did', () => {
  const vectors = readVectors()
  assert.ok(vectors.length >= 405)
  for (const { id, bytes, plain, compacted } of vectors) {
    checkAnswer(id, check(Buffer.from(bytes)), plain)
    if (compacted)
      checkAnswer(`${id} compacted`, check(Buffer.from(bytes), { cleanupCompact: true }), compacted)
  }
})

const records: BatchRecord[] = [
  { timestampMs: nowMs - 5, key: Buffer.from('a'), value: Buffer.from('1') },
  { timestampMs: nowMs - 1, key: Buffer.from('b'), value: null, headers: [{ key: 'h', value: null }] },
  { timestampMs: nowMs - 3, key: Buffer.from('c'), value: Buffer.alloc(500, 'x') },
]

test('what is accepted is stored byte for byte, but for its place', () => {
  for (const codec of codecs) {
    const batch = encodeBatch({ codec }, records)
    const verdict = check(Buffer.from(batch))
    assert.ok(verdict.kind === 'accepted')
    assert.deepEqual(verdict.records, batch)
    stampBatch(verdict, 1234, 5)
    const header = readBatchHeader(verdict.records, 0)
    assert.equal(header.baseOffset, 1234)
    assert.equal(header.leaderEpoch, 5)
    assert.equal(header.maxTimestamp, nowMs - 1)
    assert.ok(batchCrcIsValid(verdict.records, 0, verdict.records.length))
  }
})

test('bytes behind the batch that are no whole batch are dropped', () => {
  const batch = encodeBatch({}, records)
  const verdict = check(Buffer.concat([batch, batch.subarray(0, -1)]))
  assert.ok(verdict.kind === 'accepted')
  assert.equal(verdict.records.length, batch.length)
})

test('a wrong largest timestamp is put right, because the time index is built from it', () => {
  for (const codec of ['none', 'zstd'] as const) {
    const batch = encodeBatch({ codec }, records)
    patchMaxTimestamp(batch, 0, 'CreateTime', nowMs + 10 ** 12)
    const verdict = check(batch)
    assert.ok(verdict.kind === 'accepted')
    assert.equal(verdict.header.maxTimestamp, nowMs - 1)
    assert.ok(batchCrcIsValid(verdict.records, 0, verdict.records.length))
  }
})

test('sizes: the batch, and the batch in a topic of small segments', () => {
  const batch = encodeBatch({}, records)
  assert.equal(errorOf(check(Buffer.from(batch), { maxMessageBytes: batch.length })), 'NONE')
  assert.equal(errorOf(check(Buffer.from(batch), { maxMessageBytes: batch.length - 1 })), 'MESSAGE_TOO_LARGE')
  assert.equal(
    errorOf(check(Buffer.from(batch), { segmentBytes: batch.length - 1 })),
    'RECORD_LIST_TOO_LARGE',
  )
})

test('a bomb is refused, a batch within the multiple is not', () => {
  const bomb: BatchRecord[] = [{ timestampMs: nowMs, key: null, value: Buffer.alloc(1_000_000) }]
  for (const codec of ['gzip', 'zstd'] as const) {
    const batch = encodeBatch({ codec }, bomb)
    const { length } = batch
    assert.equal(errorOf(check(Buffer.from(batch), { maxMessageBytes: length + 16_000 })), 'NONE')
    assert.equal(errorOf(check(Buffer.from(batch), { maxMessageBytes: length })), 'MESSAGE_TOO_LARGE')
  }
})

test('timestamps outside of the limits are refused one by one', () => {
  const batch = encodeBatch({}, records)
  const verdict = check(batch, { timestampBeforeMaxMs: 2 })
  assert.ok(verdict.kind === 'refused')
  assert.equal(verdict.error, 'INVALID_TIMESTAMP')
  assert.deepEqual(
    verdict.recordErrors?.map(each => each.batchIndex),
    [0, 2],
  )
  assert.equal(errorOf(check(encodeBatch({}, records), { timestampBeforeMaxMs: 5 })), 'NONE')
  const late = (byMs: number) => encodeBatch({}, [{ timestampMs: nowMs + byMs, key: null, value: null }])
  assert.equal(errorOf(check(late(3_600_000))), 'NONE')
  assert.equal(errorOf(check(late(3_600_001))), 'INVALID_TIMESTAMP')
  assert.equal(errorOf(check(encodeBatch({}, [{ timestampMs: -1, key: null, value: null }]))), 'NONE')
})

test('timestamps of the far past and future, with the arithmetic of 64 bits', () => {
  const at = (timestamp: bigint) => {
    const batch = encodeBatch({}, [{ timestampMs: 0, key: null, value: null }])
    batch.writeBigInt64BE(timestamp, 27)
    batch.writeBigInt64BE(timestamp, 35)
    batch.writeUInt32BE(computeBatchCrc(batch, 0, batch.length), 17)
    return batch
  }
  assert.equal(errorOf(check(at(2n ** 62n))), 'INVALID_TIMESTAMP')
  assert.equal(errorOf(check(at(-(2n ** 62n)))), 'NONE')
  // The difference to now wraps to a negative one: far in the future.
  assert.equal(errorOf(check(at(-(2n ** 63n)))), 'INVALID_TIMESTAMP')
  assert.equal(errorOf(check(at(2n ** 62n), { timestampAfterMaxMs: 2 ** 53 })), 'NONE')
})

test('the topic stamps its records where it is told to', () => {
  for (const codec of ['none', 'lz4'] as const) {
    const verdict = check(encodeBatch({ codec }, records), { messageTimestampType: 'LogAppendTime' })
    assert.ok(verdict.kind === 'accepted')
    assert.equal(verdict.logAppendTimeMs, nowMs)
    assert.equal(verdict.header.timestampType, 'LogAppendTime')
    assert.equal(verdict.header.maxTimestamp, nowMs)
    assert.ok(batchCrcIsValid(verdict.records, 0, verdict.records.length))
  }
  const stamped = encodeBatch({ timestampType: 'LogAppendTime' }, records)
  const verdict = check(Buffer.from(stamped), { messageTimestampType: 'LogAppendTime' })
  assert.equal(errorOf(verdict), 'INVALID_TIMESTAMP')
  const toCreateTime = check(Buffer.from(stamped))
  assert.ok(toCreateTime.kind === 'accepted')
  assert.equal(toCreateTime.header.timestampType, 'CreateTime')
})

test('transactional batches need a transactional request', () => {
  const fields: BatchFields = { producerId: 1, producerEpoch: 0, baseSequence: 0, isTransactional: true }
  assert.equal(errorOf(check(encodeBatch(fields, records))), 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
  assert.equal(errorOf(check(encodeBatch(fields, records), {}, { transactional: true })), 'NONE')
  const marker = encodeBatch({ ...fields, isControl: true }, records)
  assert.equal(errorOf(check(marker, {}, { transactional: true })), 'INVALID_RECORD')
})

test('a topic of another codec gets the same records packed anew', () => {
  const fields: BatchFields = { producerId: 7, producerEpoch: 1, baseSequence: 4, isTransactional: true }
  for (const from of codecs) {
    for (const to of codecs) {
      const compressionType = to === 'none' ? 'uncompressed' : to
      const verdict = check(
        encodeBatch({ ...fields, codec: from }, records),
        { compressionType },
        { transactional: true },
      )
      assert.ok(verdict.kind === 'accepted')
      const { header } = verdict
      assert.ok(batchCrcIsValid(verdict.records, 0, verdict.records.length))
      assert.deepEqual(
        [header.codec, header.producerId, header.producerEpoch, header.baseSequence, header.isTransactional],
        [to, 7, 1, 4, true],
      )
      assert.equal(header.maxTimestamp, nowMs - 1)
      const body = decompress(to, verdict.records.subarray(batchHeaderBytes), 1 << 20)
      assert.deepEqual(
        decodeRecords(header, body),
        records.map((record, offset) => ({ offset, headers: [], ...record })),
      )
    }
  }
})

test('a batch that grows past the limit by the topic codec is refused', () => {
  const batch = encodeBatch({ codec: 'zstd' }, records)
  const verdict = check(batch, { compressionType: 'uncompressed', maxMessageBytes: batch.length + 100 })
  assert.equal(errorOf(verdict), 'MESSAGE_TOO_LARGE')
})

test('packing anew gives records with odd offsets and times their places', () => {
  const batch = encodeBatch({ timestampType: 'LogAppendTime' }, records)
  const verdict = check(batch, { compressionType: 'gzip' })
  assert.ok(verdict.kind === 'accepted')
  const body = decompress('gzip', verdict.records.subarray(batchHeaderBytes), 1 << 20)
  assert.deepEqual(
    decodeRecords(verdict.header, body).map(record => [record.offset, record.timestampMs]),
    [
      [0, nowMs - 1],
      [1, nowMs - 1],
      [2, nowMs - 1],
    ],
  )
})
