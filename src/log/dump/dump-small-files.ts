/**
 * The files beside a log, for people to look at: indexes, producer snapshots, transaction indexes and checkpoints,
 * with what is wrong with them. Pure: bytes in, values out.
 */
import { readInt64 } from '#protocol/int64.ts'
import { parseEpochCheckpoint, parseOffsetCheckpoint } from '#storage/checkpoint-file.ts'
import { OffsetIndex, offsetEntryBytes, TimeIndex, timeEntryBytes } from '#storage/segment-index.ts'
import { decodeProducerSnapshot, readSnapshotEntries } from '../producer-snapshot.ts'

/** One entry: values by the names that the file's format gives them. */
export type DumpedEntry = Readonly<Record<string, number | string>>

export interface DumpedFile {
  readonly entries: readonly DumpedEntry[]
  readonly problems: readonly string[]
}

/** @param baseOffset the file's name */
export function dumpOffsetIndex(bytes: Buffer, baseOffset: number): DumpedFile {
  const index = new OffsetIndex(baseOffset, withoutReserve(bytes, offsetEntryBytes))
  return {
    entries: Array.from({ length: index.count }, (_, entry) => ({ ...index.at(entry) })),
    problems: [
      ...partOfEntry(bytes, offsetEntryBytes),
      ...(index.isSane(Number.MAX_SAFE_INTEGER) ? [] : ['its entries do not rise']),
    ],
  }
}

/** @param baseOffset the file's name */
export function dumpTimeIndex(bytes: Buffer, baseOffset: number): DumpedFile {
  const index = new TimeIndex(baseOffset, withoutReserve(bytes, timeEntryBytes))
  return {
    entries: Array.from({ length: index.count }, (_, entry) => ({ ...index.at(entry) })),
    problems: [...partOfEntry(bytes, timeEntryBytes), ...(index.isSane() ? [] : ['its entries do not rise'])],
  }
}

export function dumpProducerSnapshot(bytes: Buffer): DumpedFile {
  const problems: string[] = []
  try {
    decodeProducerSnapshot(bytes)
  } catch (error) {
    problems.push((error as Error).message)
  }
  return { entries: readSnapshotEntries(bytes).map(entry => ({ ...entry })), problems }
}

/** Kafka: AbortedTxn. int16 version, then four int64. */
const abortedTxnBytes = 34

/** The aborted transactions of a segment (Kafka: TransactionIndex). */
export function dumpTransactionIndex(bytes: Buffer): DumpedFile {
  const count = Math.floor(bytes.length / abortedTxnBytes)
  const entries = Array.from({ length: count }, (_, entry) => {
    const at = entry * abortedTxnBytes
    return {
      version: bytes.readInt16BE(at),
      producerId: readInt64(bytes, at + 2),
      firstOffset: readInt64(bytes, at + 10),
      lastOffset: readInt64(bytes, at + 18),
      lastStableOffset: readInt64(bytes, at + 26),
    }
  })
  const problems = partOfEntry(bytes, abortedTxnBytes)
  if (entries.some(({ version }) => version !== 0)) problems.push('it has entries of an unknown version')
  if (entries.some((entry, at) => at > 0 && entry.lastOffset <= entries[at - 1]!.lastOffset))
    problems.push('its entries do not rise')
  return { entries, problems }
}

export function dumpEpochCheckpoint(bytes: Buffer): DumpedFile {
  const entries = parseEpochCheckpoint(bytes)
  return entries === undefined
    ? asLines(bytes)
    : { entries: entries.map(entry => ({ ...entry })), problems: [] }
}

/** recovery-point-offset-checkpoint and its like. */
export function dumpOffsetCheckpoint(bytes: Buffer): DumpedFile {
  const offsets = parseOffsetCheckpoint(bytes)
  if (offsets === undefined) return asLines(bytes)
  return { entries: [...offsets].map(([partition, offset]) => ({ partition, offset })), problems: [] }
}

/** partition.metadata and meta.properties. */
export function dumpProperties(bytes: Buffer): DumpedFile {
  const entries = bytes
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
    .map(line => {
      const [, name = line, value = ''] = /^([^:=]*)[:=]\s*(.*)$/.exec(line) ?? []
      return { [name]: value }
    })
  return { entries, problems: [] }
}

function asLines(bytes: Buffer): DumpedFile {
  const lines = bytes.toString().split('\n')
  return { entries: lines.map(line => ({ line })), problems: ['it is torn or damaged'] }
}

/** Kafka reserves the indexes of the active segment at their full size: what is unused is zero. */
function withoutReserve(bytes: Buffer, entryBytes: number): Buffer {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, Math.min(bytes.length, Math.ceil(end / entryBytes) * entryBytes))
}

function partOfEntry(bytes: Buffer, entryBytes: number): string[] {
  const rest = bytes.length % entryBytes
  return rest === 0 ? [] : [`${rest} bytes at its end are a part of an entry`]
}
