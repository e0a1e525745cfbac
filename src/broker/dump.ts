/**
 * What lies in a data folder, file by file, for people to look at: of a broker that runs or is stopped, of ours or of
 * Apache Kafka, sound or damaged. Opens files for reading only and takes no lock.
 */
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { dumpLog, type DumpLogOptions, type LogItem } from '#log/dump/dump-log.ts'
import {
  dumpEpochCheckpoint,
  type DumpedFile,
  dumpOffsetCheckpoint,
  dumpOffsetIndex,
  dumpProducerSnapshot,
  dumpProperties,
  dumpTimeIndex,
  dumpTransactionIndex,
} from '#log/dump/dump-small-files.ts'
import { leftoverSuffixes, parseSegmentFileName } from '#storage/segment-names.ts'
import { StorageError } from '#storage/storage-error.ts'

export type { LogItem } from '#log/dump/dump-log.ts'
export type { DumpedEntry, DumpedFile } from '#log/dump/dump-small-files.ts'
export type { DumpedRecord } from '#log/dump/dumped-records.ts'

export type FileDump =
  | { readonly path: string; readonly kind: 'log'; readonly items: AsyncIterable<LogItem> }
  | { readonly path: string; readonly kind: SmallFileKind; readonly file: DumpedFile }

type SmallFileKind = Exclude<FileKind, 'log'>
type FileKind =
  | 'log'
  | 'index'
  | 'timeindex'
  | 'txnindex'
  | 'snapshot'
  | 'epochCheckpoint'
  | 'offsetCheckpoint'
  | 'properties'

/** A file of this size is none of those that are read whole. */
const maxSmallFileBytes = 256 * 1024 * 1024

/**
 * @param path a file, a partition's folder, or a data folder; in folders, what is of no known kind is passed over
 * @throws StorageError when it is not there, cannot be read, or is a file of no known kind
 */
export async function* dumpPath(path: string, options: DumpLogOptions): AsyncGenerator<FileDump> {
  const stats = await orStorageError(path, stat(path))
  if (!stats.isDirectory()) {
    const dump = await dumpFile(path, options)
    if (dump === undefined) throw new StorageError(`${path} is no file of a log: ${knownNames}`)
    yield dump
    return
  }
  const entries = await orStorageError(path, readdir(path, { withFileTypes: true }))
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = join(path, entry.name)
    if (entry.isDirectory()) yield* dumpPath(child, options)
    else if (entry.isFile()) {
      const dump = await dumpFile(child, options)
      if (dump !== undefined) yield dump
    }
  }
}

const knownNames =
  'their names end with .log, .index, .timeindex, .txnindex, .snapshot, -checkpoint, .metadata or .properties'

async function dumpFile(path: string, options: DumpLogOptions): Promise<FileDump | undefined> {
  const name = withoutSuffix(basename(path))
  const kind = kindOf(name)
  if (kind === undefined) return undefined
  if (kind === 'log') return { path, kind, items: dumpLogFile(path, options) }
  const { size } = await orStorageError(path, stat(path))
  if (size > maxSmallFileBytes) throw new StorageError(`${path} has ${size} bytes, which no such file has`)
  const bytes = await orStorageError(path, readFile(path))
  const baseOffset = parseSegmentFileName(name)?.offset ?? 0
  return { path, kind, file: readSmallFile(kind, bytes, baseOffset) }
}

/** Segments that are about to be removed, or being written by the cleaner, are worth a look too. */
function withoutSuffix(name: string): string {
  const suffix = leftoverSuffixes.find(each => name.endsWith(each))
  return suffix === undefined ? name : name.slice(0, -suffix.length)
}

function kindOf(name: string): FileKind | undefined {
  const segmentFile = parseSegmentFileName(name)
  if (segmentFile !== undefined) return segmentFile.kind
  if (name === 'leader-epoch-checkpoint') return 'epochCheckpoint'
  if (name.endsWith('-checkpoint')) return 'offsetCheckpoint'
  if (name === 'partition.metadata' || name === 'meta.properties') return 'properties'
  // Copied out of its folder and given a name of its own.
  return name.endsWith('.log') ? 'log' : undefined
}

function readSmallFile(kind: SmallFileKind, bytes: Buffer, baseOffset: number): DumpedFile {
  switch (kind) {
    case 'index':
      return dumpOffsetIndex(bytes, baseOffset)
    case 'timeindex':
      return dumpTimeIndex(bytes, baseOffset)
    case 'txnindex':
      return dumpTransactionIndex(bytes)
    case 'snapshot':
      return dumpProducerSnapshot(bytes)
    case 'epochCheckpoint':
      return dumpEpochCheckpoint(bytes)
    case 'offsetCheckpoint':
      return dumpOffsetCheckpoint(bytes)
    default:
      return dumpProperties(bytes)
  }
}

async function* dumpLogFile(path: string, options: DumpLogOptions): AsyncGenerator<LogItem> {
  const handle = await orStorageError(path, open(path, 'r'))
  try {
    const { size } = await orStorageError(path, handle.stat())
    const source = {
      read: async (position: number, target: Uint8Array): Promise<number> => {
        let filled = 0
        while (filled < target.length) {
          const read = handle.read(target, filled, target.length - filled, position + filled)
          const { bytesRead } = await orStorageError(path, read)
          if (bytesRead === 0) break
          filled += bytesRead
        }
        return filled
      },
    }
    yield* dumpLog(source, size, options)
  } finally {
    await handle.close()
  }
}

async function orStorageError<Value>(path: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work
  } catch (error) {
    const { message } = error as Error
    throw new StorageError(`${path} cannot be read: ${message}`, error)
  }
}
