/** For tests only: what tests of logs share: a configuration, batches, a manager over a store. */
import { FakeClock } from '#base/clock.ts'
import type { LogFields, Logger } from '#base/logger.ts'
import { SeededRandom } from '#base/random.ts'
import type { LogConfig } from './log-config.ts'
import type { LogManagerOptions } from './log-manager.ts'
import { LogManager } from './log-manager.ts'
import type { PartitionLog } from './partition-log.ts'
import { inlineValidator } from './validation-pool.ts'
import type { BatchFields } from '#protocol/encode-batch.ts'
import { encodeBatch } from '#protocol/encode-batch.ts'
import { readBatchHeader } from '#protocol/record-batch.ts'
import { decodeRecords } from '#protocol/records.ts'
import { decompress } from '#protocol/compression.ts'
import type { FileStore } from '#storage/file-store.ts'

export const startMs = 1_764_000_000_000
export const topicId = 'AbCdEfGhIjKlMnOpQrStUw'

export const logConfig: LogConfig = {
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
  timestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  timestampAfterMaxMs: Number.MAX_SAFE_INTEGER,
  compressionType: 'producer',
  compressionLevel: undefined,
}

/** One batch as a client would send it. */
export function batchOf(values: readonly string[], fields: BatchFields = {}, timestampMs = startMs): Buffer {
  return encodeBatch(
    fields,
    values.map(value => ({ timestampMs, key: null, value: Buffer.from(value) })),
  )
}

/** A batch of an idempotent producer. */
export function idempotent(producerId: number, baseSequence: number, values: readonly string[]): Buffer {
  return batchOf(values, { producerId, producerEpoch: 0, baseSequence })
}

export class RecordingLogger implements Logger {
  readonly lines: { level: string; message: string; fields: LogFields }[] = []

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields })
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields })
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields })
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields })
  }
}

export interface OpenedLogs {
  readonly manager: LogManager
  readonly clock: FakeClock
  readonly logger: RecordingLogger
}

/** Opens a manager over `files` with topic "t" of some partitions, which is made where it does not exist. */
export async function openLogs(
  files: FileStore,
  options: {
    config?: Partial<LogConfig>
    partitionCount?: number
    leaderEpoch?: number
    isNew?: boolean
    clock?: FakeClock
    settings?: LogManagerOptions['settings']
  } = {},
): Promise<OpenedLogs> {
  const clock = options.clock ?? new FakeClock(startMs)
  const logger = new RecordingLogger()
  const config = { ...logConfig, ...options.config }
  const partitionCount = options.partitionCount ?? 1
  const leaderEpoch = options.leaderEpoch ?? 0
  const manager = await LogManager.open({
    files,
    clock,
    random: new SeededRandom(7),
    logger,
    validator: inlineValidator,
    topics: options.isNew === false ? [{ name: 't', topicId, partitionCount, leaderEpoch, config }] : [],
    settings: options.settings ?? {},
  })
  if (options.isNew !== false) {
    const partitions = Array.from({ length: partitionCount }, (_, partition) => partition)
    await manager.create({ topic: 't', topicId, leaderEpoch, partitions, config })
    manager.publish(topicId)
  }
  return { manager, clock, logger }
}

export interface ReadRecord {
  readonly offset: number
  readonly value: string
  readonly timestampMs: number
  readonly leaderEpoch: number
}

/** All that a consumer sees from `offset` on. */
export async function readAll(
  log: PartitionLog,
  offset = log.logStartOffset,
  maxBytes = 1024 * 1024,
): Promise<ReadRecord[]> {
  const records: ReadRecord[] = []
  for (let next = offset; ;) {
    const outcome = await log.read(next, { maxBytes, minOneBatch: true, isolation: 'read_uncommitted' })
    if (outcome.error !== 'NONE') throw new Error(outcome.error)
    if (outcome.records === undefined) return records
    const bytes = Buffer.alloc(outcome.records.byteLength)
    await outcome.records.read(0, bytes)
    outcome.records.release()
    const found = decodeBatches(bytes).filter(record => record.offset >= next)
    if (found.length === 0) throw new Error(`nothing readable at offset ${next}`)
    records.push(...found)
    next = records.at(-1)!.offset + 1
  }
}

/** Records of the whole batches in `bytes`. */
export function decodeBatches(bytes: Buffer): ReadRecord[] {
  const records: ReadRecord[] = []
  for (let at = 0; at + 61 <= bytes.length;) {
    const header = readBatchHeader(bytes, at)
    if (at + header.sizeInBytes > bytes.length) break
    const body = decompress(header.codec!, bytes.subarray(at + 61, at + header.sizeInBytes), 1 << 28)
    for (const record of decodeRecords(header, body))
      records.push({
        offset: record.offset,
        value: String(record.value),
        timestampMs: record.timestampMs,
        leaderEpoch: header.leaderEpoch,
      })
    at += header.sizeInBytes
  }
  return records
}
