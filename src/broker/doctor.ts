/**
 * The check of a whole data folder: every record batch, index and snapshot, and whether the rows of the metadata
 * store agree with what lies beside them. Reads everything, changes nothing, and needs the folder to itself.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeClassicGroup } from '#groups/group-record.ts'
import { type Finding, type OnVerified, sizeOfLogs, verifyDataFolder } from '#log/verify.ts'
import type { FileStore } from '#storage/file-store.ts'
import type { MetadataRows } from '#storage/metadata-store.ts'
import { partitionFolder } from '#storage/segment-names.ts'
import { StorageError } from '#storage/storage-error.ts'
import { databaseFile, openFolder } from './open-storage.ts'

export interface DoctorReport {
  readonly topics: number
  readonly partitions: number
  readonly batches: number
  readonly records: number
  readonly groups: number
  readonly committedOffsets: number
  /** A fault is damage; a note is what the next start repairs by itself. */
  readonly findings: readonly Finding[]
}

/**
 * Examines the data folder of a broker that does not run.
 * @param onBegin told the bytes that there are to verify; what it gives back is told each part that has been
 * @throws StorageError when there is none, or when it is in use
 */
export async function examineFolder(
  folder: string,
  onBegin?: (totalBytes: number) => OnVerified,
): Promise<DoctorReport> {
  // Opening would make a new one, and a mistyped path must not look healthy.
  const database = await stat(join(folder, databaseFile)).catch(() => undefined)
  if (database === undefined) throw new StorageError(`${folder} is no data folder: it has no ${databaseFile}`)
  const { files, store } = await openFolder(folder)
  try {
    return await examine(files, await store.load(), onBegin?.(await sizeOfLogs(files)))
  } finally {
    await store.close()
  }
}

/** The same for stores that are open already and not in use. */
export async function examine(
  files: FileStore,
  rows: MetadataRows,
  onVerified?: OnVerified,
): Promise<DoctorReport> {
  const { partitions, findings } = await verifyDataFolder(files, onVerified)
  const folders = new Set(partitions.map(partition => partition.folder))
  const sum = (count: (partition: (typeof partitions)[number]) => number): number =>
    partitions.reduce((total, partition) => total + count(partition), 0)
  return {
    topics: rows.topics.length,
    partitions: partitions.length,
    batches: sum(partition => partition.batches),
    records: sum(partition => partition.records),
    groups: rows.groups.length,
    committedOffsets: rows.offsets.length,
    findings: [...findings, ...compareFolders(rows, folders), ...checkGroups(rows)],
  }
}

/** Rows decide what exists: a folder too many is removed at the next start, one too few is lost data. */
function compareFolders(rows: MetadataRows, folders: ReadonlySet<string>): Finding[] {
  const expected = new Set<string>()
  for (const { name, partitionCount } of rows.topics) {
    for (let partition = 0; partition < partitionCount; partition++)
      expected.add(partitionFolder(name, partition))
  }
  return [
    ...[...expected.difference(folders)].map(
      path => ({ path, level: 'fault', problem: 'is gone, though its topic exists' }) as const,
    ),
    ...[...folders.difference(expected)].map(
      path => ({ path, level: 'note', problem: 'belongs to no topic; the next start removes it' }) as const,
    ),
  ]
}

function checkGroups(rows: MetadataRows): Finding[] {
  const findings: Finding[] = []
  for (const { groupId, kind, value } of rows.groups) {
    if (kind !== 'classic') continue
    try {
      decodeClassicGroup(groupId, value)
    } catch (error) {
      findings.push({
        path: databaseFile,
        level: 'fault',
        problem: `holds group '${groupId}', which cannot be read: ${String(error)}`,
      })
    }
  }
  return findings
}
