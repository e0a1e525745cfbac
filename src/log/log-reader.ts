/**
 * Finds things in the segments of a log: where an offset stands, the record of a timestamp. Reads headers and, for
 * timestamps, single batches. Must not know about appends; the limits it keeps are handed in.
 * Kafka: LocalLog.read, LogSegment.findOffsetByTimestamp.
 */
import { maxUnpackedBytes } from '#base/limits.ts'
import type { LazyBytes } from '#protocol/lazy-bytes.ts'
import { decompress } from '#protocol/compression.ts'
import type { BatchHeader } from '#protocol/record-batch.ts'
import { batchHeaderBytes } from '#protocol/record-batch.ts'
import { RecordCursor } from '#protocol/records.ts'
import type { BatchAt } from '#storage/batch-scan.ts'
import type { SegmentList } from '#storage/segment-list.ts'
import type { Segment } from '#storage/segment.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { LogPosition } from './log-writer.ts'
import type { ReadOptions, TimestampedOffset } from './partition-log.ts'

/** A stretch of a segment. Holds the segment open, and on disk, until it is released. */
class SegmentSlice implements LazyBytes {
  readonly byteLength: number
  readonly #segment: Segment
  readonly #position: number

  constructor(segment: Segment, position: number, byteLength: number) {
    this.#segment = segment
    this.#position = position
    this.byteLength = byteLength
    segment.retain()
  }

  read(position: number, target: Uint8Array): Promise<void> {
    return this.#segment.readFully(this.#position + position, target)
  }

  release(): void {
    this.#segment.release()
  }
}

/**
 * @param offset at least the base offset of the first segment
 * @param limit nothing at or after it is read
 * @returns undefined when there is nothing to read
 */
export async function readFrom(
  segments: SegmentList,
  offset: number,
  limit: LogPosition,
  options: ReadOptions,
): Promise<LazyBytes | undefined> {
  if (offset >= limit.offset) return undefined
  for (let index = Math.max(0, segments.indexFor(offset)); ; index++) {
    const segment = segments.at(index)
    if (segment === undefined || segment.baseOffset > limit.segment.baseOffset) return undefined
    const end = segment === limit.segment ? limit.position : segment.sizeInBytes
    // Held while headers are read: retention may take the segment away meanwhile.
    segment.retain()
    try {
      const batch = await segment.find(offset, end)
      if (batch !== undefined) return slice(segment, batch, end, options)
    } finally {
      segment.release()
    }
    // Every later batch is in a later segment: compaction may have removed the records up to there.
  }
}

function slice(segment: Segment, batch: BatchAt, end: number, options: ReadOptions): LazyBytes | undefined {
  const firstBytes = batch.header.sizeInBytes
  const maxBytes = options.minOneBatch ? Math.max(options.maxBytes, firstBytes) : options.maxBytes
  // A batch that does not fit is left out, not cut: since Fetch version 3 Kafka answers an empty set there.
  if (maxBytes < firstBytes) return undefined
  return new SegmentSlice(segment, batch.position, Math.min(maxBytes, end - batch.position))
}

/**
 * Position of `offset`, where a batch ends or begins.
 * @param end a position known to be at or after it
 */
export async function positionOf(
  segments: SegmentList,
  offset: number,
  end: LogPosition,
): Promise<LogPosition> {
  if (offset >= end.offset) return end
  const segment = segments.at(Math.max(0, segments.indexFor(offset)))!
  const limit = segment === end.segment ? end.position : segment.sizeInBytes
  const batch = await segment.find(offset, limit)
  return { offset, segment, position: batch?.position ?? limit }
}

/** First record with at least `timestampMs` at or after `startOffset`; not limited by the high watermark. */
export async function findTimestamp(
  segments: SegmentList,
  timestampMs: number,
  startOffset: number,
  end: LogPosition,
): Promise<TimestampedOffset | undefined> {
  for (const segment of heldSegments(segments)) {
    if (segment.baseOffset > end.segment.baseOffset) return undefined
    if ((await segment.maxTimestamp()).timestampMs < timestampMs) continue
    // Like Kafka, the first segment that promises one is the only one searched.
    return await findTimestampIn(
      segment,
      timestampMs,
      startOffset,
      segment === end.segment ? end.position : segment.sizeInBytes,
    )
  }
  return undefined
}

/** The segments one after the other, each held while it is looked at; what retention took away meanwhile is skipped. */
function* heldSegments(segments: SegmentList): Generator<Segment, void> {
  for (const segment of segments) {
    if (segment.baseOffset < segments.first.baseOffset) continue
    segment.retain()
    try {
      yield segment
    } finally {
      segment.release()
    }
  }
}

async function findTimestampIn(
  segment: Segment,
  timestampMs: number,
  startOffset: number,
  end: number,
): Promise<TimestampedOffset | undefined> {
  const { offsets, times } = await segment.indexes()
  const entry = times.lookup(timestampMs)
  let { position } = offsets.lookup(Math.max(entry.offset, startOffset))
  for (;;) {
    const batch = await segment.findFrom(position, end, header => header.maxTimestamp >= timestampMs)
    if (batch === undefined) return undefined
    const found = await findRecord(
      segment,
      batch,
      record => record.timestampMs >= timestampMs && record.offset >= startOffset,
    )
    if (found !== undefined) return found
    position = batch.position + batch.header.sizeInBytes
  }
}

/** The first record of the log that has its largest timestamp. */
export async function findMaxTimestamp(
  segments: SegmentList,
  end: LogPosition,
): Promise<TimestampedOffset | undefined> {
  let best: { baseOffset: number; timestampMs: number; offset: number } | undefined
  for (const segment of heldSegments(segments)) {
    const { timestampMs, offset } = await segment.maxTimestamp()
    if (best === undefined || timestampMs > best.timestampMs)
      best = { baseOffset: segment.baseOffset, timestampMs, offset }
  }
  if (best === undefined || best.timestampMs < 0) return undefined
  for (const segment of heldSegments(segments))
    if (segment.baseOffset === best.baseOffset)
      return await findMaxTimestampIn(segment, best.timestampMs, best.offset, end)
  return undefined
}

async function findMaxTimestampIn(
  segment: Segment,
  timestampMs: number,
  shallowOffset: number,
  end: LogPosition,
): Promise<TimestampedOffset | undefined> {
  const { offsets } = await segment.indexes()
  const { position } = offsets.lookup(shallowOffset)
  const limit = segment === end.segment ? end.position : segment.sizeInBytes
  const batch = await segment.findFrom(position, limit, header => header.maxTimestamp === timestampMs)
  if (batch === undefined) return undefined
  if (batch.header.timestampType === 'LogAppendTime')
    return { timestampMs, offset: batch.header.lastOffset, leaderEpoch: batch.header.leaderEpoch }
  return findRecord(segment, batch, record => record.timestampMs === timestampMs)
}

/** The first record of a batch that `accept` takes. */
async function findRecord(
  segment: Segment,
  batch: BatchAt,
  accept: (record: { offset: number; timestampMs: number }) => boolean,
): Promise<TimestampedOffset | undefined> {
  const { header } = batch
  const body = Buffer.allocUnsafe(header.sizeInBytes - batchHeaderBytes)
  await segment.readFully(batch.position + batchHeaderBytes, body)
  try {
    return findRecordIn(header, unpack(header, body), accept)
  } catch (error) {
    throw new StorageError(`${segment.path('log')}: batch ${header.baseOffset} cannot be read`, error)
  }
}

function findRecordIn(
  header: BatchHeader,
  body: Buffer,
  accept: (record: { offset: number; timestampMs: number }) => boolean,
): TimestampedOffset | undefined {
  const cursor = new RecordCursor(body)
  for (let index = 0; index < header.recordCount; index++) {
    cursor.skip()
    const record = {
      offset: header.baseOffset + cursor.offsetDelta,
      timestampMs:
        header.timestampType === 'LogAppendTime'
          ? header.maxTimestamp
          : header.baseTimestamp + cursor.timestampDelta,
    }
    if (accept(record)) return { ...record, leaderEpoch: header.leaderEpoch }
  }
  return undefined
}

function unpack(header: BatchHeader, body: Buffer): Buffer {
  return header.codec === undefined
    ? body
    : decompress(header.codec, body, maxUnpackedBytes(Number.MAX_SAFE_INTEGER))
}
