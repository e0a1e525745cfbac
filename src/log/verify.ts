/**
 * The consistency check of partition folders, for `odradek doctor` and tests. Reads everything, changes nothing, and
 * relies on nothing that the broker has in memory: the data must not be in use.
 *
 * After an unclean stop the end of a log may be torn, and index entries may be missing; the next start repairs that,
 * so it is a note and not a fault.
 */
import { maxUnpackedBytes } from '#base/limits.ts'
import { decompress } from '#protocol/compression.ts'
import type { BatchHeader } from '#protocol/record-batch.ts'
import { batchHeaderBytes } from '#protocol/record-batch.ts'
import { decodeRecords } from '#protocol/records.ts'
import { scanBatches } from '#storage/batch-scan.ts'
import { parseEpochCheckpoint, parseOffsetCheckpoint } from '#storage/checkpoint-file.ts'
import type { FileStore } from '#storage/file-store.ts'
import { OffsetIndex, TimeIndex, offsetEntryBytes, timeEntryBytes } from '#storage/segment-index.ts'
import { parsePartitionFolder, parseSegmentFileName, segmentFileName } from '#storage/segment-names.ts'
import type { StorageError } from '#storage/storage-error.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import { decodeProducerSnapshot } from './producer-snapshot.ts'

export interface Finding {
  /** Relative to the data folder. */
  readonly path: string
  /** A note is what the next start repairs. */
  readonly level: 'fault' | 'note'
  readonly problem: string
}

export interface PartitionReport {
  readonly folder: string
  readonly findings: readonly Finding[]
  readonly segments: number
  readonly batches: number
  readonly records: number
  readonly logStartOffset: number
  readonly logEndOffset: number
}

/** Told of each batch that has been looked at. */
export type OnVerified = (bytes: number) => void

/** Checks every partition folder and the checkpoints of a data folder. */
export async function verifyDataFolder(
  files: FileStore,
  onVerified: OnVerified = () => {},
): Promise<{
  readonly partitions: readonly PartitionReport[]
  readonly findings: readonly Finding[]
}> {
  const wasClean = (await files.stat('.kafka_cleanshutdown')) !== undefined
  const partitions: PartitionReport[] = []
  for (const folder of await partitionFolders(files))
    partitions.push(await verifyPartition(files, folder, wasClean, onVerified))
  const findings: Finding[] = partitions.flatMap(partition => partition.findings)
  for (const name of ['recovery-point-offset-checkpoint', 'log-start-offset-checkpoint'])
    findings.push(...(await verifyCheckpoint(files, name, partitions)))
  return { partitions, findings }
}

/** Bytes of all segments: what there is to verify. */
export async function sizeOfLogs(files: FileStore): Promise<number> {
  let bytes = 0
  for (const folder of await partitionFolders(files))
    for (const { name } of await files.list(folder))
      if (name.endsWith('.log')) bytes += (await files.stat(`${folder}/${name}`))?.sizeInBytes ?? 0
  return bytes
}

async function partitionFolders(files: FileStore): Promise<string[]> {
  return (await files.list(''))
    .filter(({ name, isFolder }) => isFolder && !name.endsWith('-delete'))
    .map(({ name }) => name)
    .filter(name => parsePartitionFolder(name) !== undefined)
}

async function verifyCheckpoint(
  files: FileStore,
  name: string,
  partitions: readonly PartitionReport[],
): Promise<Finding[]> {
  const bytes = await readIfThere(files, name)
  if (bytes === undefined) return []
  const offsets = parseOffsetCheckpoint(bytes)
  if (offsets === undefined) return [{ path: name, level: 'fault', problem: 'is damaged' }]
  const findings: Finding[] = []
  for (const { folder, logEndOffset } of partitions) {
    const offset = offsets.get(folder)
    if (offset !== undefined && offset > logEndOffset)
      findings.push({
        path: name,
        level: 'fault',
        problem: `has ${offset} for ${folder}, whose log ends at ${logEndOffset}`,
      })
  }
  return findings
}

/** Checks one partition folder. @param wasClean the last stop was orderly */
export function verifyPartition(
  files: FileStore,
  folder: string,
  wasClean: boolean,
  onVerified: OnVerified = () => {},
): Promise<PartitionReport> {
  return new Verification(files, folder, wasClean, onVerified).run()
}

class Verification {
  readonly #files: FileStore
  readonly #folder: string
  readonly #wasClean: boolean
  readonly #onVerified: OnVerified
  readonly #findings: Finding[] = []
  #epochs: LeaderEpochs | undefined
  #newestSnapshot = 0
  #batches = 0
  #records = 0

  constructor(files: FileStore, folder: string, wasClean: boolean, onVerified: OnVerified) {
    this.#files = files
    this.#folder = folder
    this.#wasClean = wasClean
    this.#onVerified = onVerified
  }

  async run(): Promise<PartitionReport> {
    const names = (await this.#files.list(this.#folder)).map(entry => entry.name)
    const parsed = names.flatMap(name => parseSegmentFileName(name) ?? [])
    const bases = parsed.filter(file => file.kind === 'log').map(file => file.offset)
    for (const { kind, offset } of parsed)
      if (kind === 'snapshot') this.#newestSnapshot = Math.max(this.#newestSnapshot, offset)
    await this.#readEpochs(names)
    await this.#checkMetadata(names)
    if (bases.length === 0) this.#fault('', 'has no segment')
    let nextOffset = bases[0] ?? 0
    for (const [index, base] of bases.entries()) {
      const isLast = index === bases.length - 1
      if (base !== nextOffset)
        this.#tornAt(nextOffset, segmentFileName(base, 'log'), `follows records up to ${nextOffset}`)
      nextOffset = await this.#checkSegment(base, isLast)
    }
    for (const { kind, offset } of parsed)
      if (kind === 'snapshot') await this.#checkSnapshot(offset, nextOffset)
      else if (kind !== 'log' && !bases.includes(offset))
        this.#add('note', segmentFileName(offset, kind), 'belongs to no segment')
    const lastEpochStart = this.#epochs?.entries.at(-1)?.startOffset ?? 0
    if (lastEpochStart > nextOffset)
      this.#torn('leader-epoch-checkpoint', 'an epoch begins after the end of the log')
    return {
      folder: this.#folder,
      findings: this.#findings,
      segments: bases.length,
      batches: this.#batches,
      records: this.#records,
      logStartOffset: bases[0] ?? 0,
      logEndOffset: nextOffset,
    }
  }

  #add(level: Finding['level'], name: string, problem: string): void {
    this.#findings.push({ path: name === '' ? this.#folder : `${this.#folder}/${name}`, level, problem })
  }

  #fault(name: string, problem: string): void {
    this.#add('fault', name, problem)
  }

  /** Something that an unclean stop may leave. */
  #torn(name: string, problem: string): void {
    this.#add(this.#wasClean ? 'fault' : 'note', name, problem)
  }

  /** The same at an offset: what is below a producer snapshot was on disk before that was written. */
  #tornAt(offset: number, name: string, problem: string): void {
    if (offset < this.#newestSnapshot) this.#fault(name, problem)
    else this.#torn(name, problem)
  }

  async #readEpochs(names: readonly string[]): Promise<void> {
    const name = 'leader-epoch-checkpoint'
    if (!names.includes(name)) {
      this.#torn(name, 'is missing')
      return
    }
    const entries = parseEpochCheckpoint(await this.#files.read(`${this.#folder}/${name}`))
    if (entries === undefined) this.#fault(name, 'is damaged')
    else this.#epochs = new LeaderEpochs(entries)
  }

  async #checkMetadata(names: readonly string[]): Promise<void> {
    const name = 'partition.metadata'
    if (!names.includes(name)) {
      this.#fault(name, 'is missing')
      return
    }
    const text = (await this.#files.read(`${this.#folder}/${name}`)).toString()
    if (!/^version: 0\ntopic_id: [\w-]{22}\n?$/.test(text)) this.#fault(name, 'is damaged')
  }

  /** @returns the offset after its last record */
  async #checkSegment(baseOffset: number, isLast: boolean): Promise<number> {
    const name = segmentFileName(baseOffset, 'log')
    const file = await this.#files.open(`${this.#folder}/${name}`)
    /** Position and largest timestamp so far of each batch, by its last offset. */
    const batches = new Map<number, BatchFacts>()
    let maxTimestampMs = -1
    try {
      const end = await file.size()
      const result = await scanBatches(file, {
        position: 0,
        end,
        checkCrc: true,
        minOffset: baseOffset,
        visit: (header, position, body) => {
          maxTimestampMs = Math.max(maxTimestampMs, header.maxTimestamp)
          batches.set(header.lastOffset, { position, maxTimestampMs, timestampMs: header.maxTimestamp })
          this.#checkBatch(name, header, body)
          this.#onVerified(header.sizeInBytes)
        },
      })
      if (result.fault !== undefined) {
        const problem = `${result.fault} at position ${result.endPosition} of ${end}`
        this.#tornAt(result.nextOffset, name, problem)
      }
      await this.#checkIndexes(baseOffset, batches, isLast)
      return result.nextOffset
    } finally {
      await file.close()
    }
  }

  #checkBatch(name: string, header: BatchHeader, body: Buffer | undefined): void {
    this.#batches++
    this.#records += header.recordCount
    const epoch = this.#epochs?.epochOf(header.baseOffset)
    if (epoch !== undefined && epoch >= 0 && epoch !== header.leaderEpoch)
      this.#torn(
        name,
        `batch ${header.baseOffset} has epoch ${header.leaderEpoch}, the checkpoint says ${epoch}`,
      )
    if (body === undefined) return
    try {
      const records = decodeRecords(header, unpack(header, body))
      const isMaximum = records.some(record => record.timestampMs === header.maxTimestamp)
      if (!isMaximum && records.length > 0)
        this.#fault(name, `batch ${header.baseOffset} has not its largest timestamp`)
    } catch (error) {
      this.#fault(name, `batch ${header.baseOffset} cannot be read: ${(error as Error).message}`)
    }
  }

  async #checkIndexes(
    baseOffset: number,
    batches: ReadonlyMap<number, BatchFacts>,
    isLast: boolean,
  ): Promise<void> {
    const offsetsName = segmentFileName(baseOffset, 'index')
    const timesName = segmentFileName(baseOffset, 'timeindex')
    const [offsets, times] = await Promise.all(
      [offsetsName, timesName].map(name => readIfThere(this.#files, `${this.#folder}/${name}`)),
    )
    if (offsets === undefined || times === undefined) {
      // The active segment gets its files with the first checkpoint.
      if (!isLast || this.#wasClean) this.#torn(offsets === undefined ? offsetsName : timesName, 'is missing')
      return
    }
    if (offsets.length % offsetEntryBytes !== 0) this.#torn(offsetsName, 'has a part of an entry at its end')
    if (times.length % timeEntryBytes !== 0) this.#torn(timesName, 'has a part of an entry at its end')
    const offsetIndex = new OffsetIndex(baseOffset, offsets)
    for (let entry = 0; entry < offsetIndex.count; entry++) {
      const { offset, position } = offsetIndex.at(entry)
      if (batches.get(offset)?.position !== position)
        this.#torn(offsetsName, `entry ${entry} (offset ${offset}, position ${position}) is of no batch`)
    }
    const timeIndex = new TimeIndex(baseOffset, times)
    if (!timeIndex.isSane()) this.#torn(timesName, 'is not in order')
    for (let entry = 0; entry < timeIndex.count; entry++) {
      const { offset, timestampMs } = timeIndex.at(entry)
      const batch = batches.get(offset)
      if (batch?.timestampMs !== timestampMs || batch.maxTimestampMs !== timestampMs)
        this.#torn(timesName, `entry ${entry} (offset ${offset}, timestamp ${timestampMs}) is of no batch`)
    }
  }

  async #checkSnapshot(offset: number, logEndOffset: number): Promise<void> {
    const name = segmentFileName(offset, 'snapshot')
    if (offset > logEndOffset) this.#torn(name, 'is of an offset after the end of the log')
    try {
      for (const producer of decodeProducerSnapshot(await this.#files.read(`${this.#folder}/${name}`)))
        if (producer.lastOffset >= offset)
          this.#fault(name, `producer ${producer.producerId} has offset ${producer.lastOffset}`)
    } catch (error) {
      this.#torn(name, (error as Error).message)
    }
  }
}

interface BatchFacts {
  readonly position: number
  readonly timestampMs: number
  /** Of all batches of the segment up to this one. */
  readonly maxTimestampMs: number
}

function unpack(header: BatchHeader, batch: Buffer): Buffer {
  const body = batch.subarray(batchHeaderBytes)
  return header.codec === undefined
    ? body
    : decompress(header.codec, body, maxUnpackedBytes(Number.MAX_SAFE_INTEGER))
}

async function readIfThere(files: FileStore, path: string): Promise<Buffer | undefined> {
  try {
    return await files.read(path)
  } catch (error) {
    if ((error as StorageError).code === 'ENOENT') return undefined
    throw error
  }
}
