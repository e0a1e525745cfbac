/**
 * Loads one partition's folder into what a LocalLog works with: segments, producers, epochs. Says in the log what
 * had to be repaired. Kafka: LogLoader, UnifiedLog.create.
 */
import type { Logger } from '#base/logger.ts'
import { decodeControlRecordKey, decodeEndTxnMarker } from '#protocol/control-records.ts'
import type { BatchHeader } from '#protocol/record-batch.ts'
import { batchHeaderBytes } from '#protocol/record-batch.ts'
import { RecordCursor } from '#protocol/records.ts'
import { parseEpochCheckpoint } from '#storage/checkpoint-file.ts'
import type { FileStore } from '#storage/file-store.ts'
import type { IndexCache } from '#storage/index-cache.ts'
import type { RecoveredLog, RecoveryReport, ReplayedState } from '#storage/recovery.ts'
import { recoverSegments } from '#storage/recovery.ts'
import type { Segment } from '#storage/segment.ts'
import type { StorageError } from '#storage/storage-error.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import { CorruptSnapshotError } from './producer-snapshot.ts'
import { ProducerState } from './producer-state.ts'

export interface OpenLogOptions {
  readonly files: FileStore
  readonly logger: Logger
  readonly cache: IndexCache
  readonly folder: string
  readonly indexIntervalBytes: number
  readonly nowMs: number
  /** Of the topic: becomes the log's epoch from its end on, where it is higher than the last one there. */
  readonly leaderEpoch: number
  /** As stored; undefined: where the first segment begins. */
  readonly logStartOffset: number | undefined
  /** As stored: below it everything was durable. */
  readonly recoveryPoint: number | undefined
  readonly producerExpirationMs: number | (() => number)
  /** See LogSettings. */
  readonly snapshotIntervalBytes: number
  readonly wasClean: boolean
  /** After a failure: see RecoveryOptions. */
  readonly endLimit?: number
  readonly rewriteFrom?: number
}

export interface LoadedLog {
  readonly segments: readonly Segment[]
  readonly nextOffset: number
  readonly logStartOffset: number
  readonly snapshots: readonly number[]
  readonly producers: ProducerState
  readonly epochs: LeaderEpochs
  readonly areEpochsStored: boolean
}

export async function openLog(options: OpenLogOptions): Promise<LoadedLog> {
  const { files, folder, cache, indexIntervalBytes, nowMs, wasClean, endLimit, rewriteFrom } = options
  const storedEpochs = await readEpochs(options)
  const epochs = new LeaderEpochs(storedEpochs)
  const state = new Replay(epochs, new ProducerState(options.producerExpirationMs), nowMs)
  const recovered = await recoverSegments({
    files,
    folder,
    cache,
    indexIntervalBytes,
    nowMs,
    state,
    wasClean,
    // Without their file the epochs are in the batches only.
    scanAll: storedEpochs === undefined,
    warmUpBytes: options.snapshotIntervalBytes,
    logStartOffset: options.logStartOffset ?? 0,
    ...(endLimit === undefined ? {} : { endLimit }),
    ...(rewriteFrom === undefined ? {} : { rewriteFrom }),
  })
  const { segments, nextOffset, snapshots } = recovered
  const logStartOffset = Math.max(options.logStartOffset ?? 0, segments[0]!.baseOffset)
  epochs.truncateFromEnd(nextOffset)
  epochs.truncateFromStart(logStartOffset)
  if (options.leaderEpoch > epochs.latest) epochs.assign(options.leaderEpoch, nextOffset)
  tellReport(options, recovered)
  return {
    segments,
    nextOffset,
    logStartOffset,
    snapshots,
    producers: state.producers,
    epochs,
    areEpochsStored: storedEpochs !== undefined && epochs.changeCount === 0,
  }
}

async function readEpochs(options: OpenLogOptions) {
  try {
    return parseEpochCheckpoint(await options.files.read(`${options.folder}/leader-epoch-checkpoint`))
  } catch (error) {
    if ((error as StorageError).code === 'ENOENT') return undefined
    throw error
  }
}

/** Producers and epochs, made from batches. */
class Replay implements ReplayedState {
  readonly producers: ProducerState
  readonly #epochs: LeaderEpochs
  readonly #nowMs: number

  constructor(epochs: LeaderEpochs, producers: ProducerState, nowMs: number) {
    this.#epochs = epochs
    this.producers = producers
    this.#nowMs = nowMs
  }

  restore(snapshot: Buffer): boolean {
    try {
      this.producers.load(snapshot, this.#nowMs)
      return true
    } catch (error) {
      if (error instanceof CorruptSnapshotError) return false
      throw error
    }
  }

  reset(): void {
    this.producers.clear()
  }

  replay(header: BatchHeader, body: Buffer | undefined): void {
    if (header.leaderEpoch > this.#epochs.latest) this.#epochs.assign(header.leaderEpoch, header.baseOffset)
    if (!header.isControl) this.producers.apply(header, header.baseOffset)
    else if (body !== undefined) this.#replayMarker(header, body)
  }

  #replayMarker(header: BatchHeader, body: Buffer): void {
    const cursor = new RecordCursor(body, batchHeaderBytes)
    cursor.next()
    const type = decodeControlRecordKey(cursor.key())
    if (type !== 'COMMIT' && type !== 'ABORT') return
    this.producers.applyMarker({
      producerId: header.producerId,
      producerEpoch: header.producerEpoch,
      coordinatorEpoch: decodeEndTxnMarker(cursor.value()),
      offset: header.lastOffset,
      timestampMs: header.maxTimestamp,
    })
  }
}

/** One line for a partition that needed something. */
function tellReport(options: OpenLogOptions, recovered: RecoveredLog): void {
  const { logger, folder, recoveryPoint, endLimit } = options
  const { report, nextOffset, segments } = recovered
  if (recoveryPoint !== undefined && nextOffset < recoveryPoint && endLimit === undefined)
    logger.error('Records that were on disk are missing: the disk or somebody else changed the files', {
      partition: folder,
      logEndOffset: nextOffset,
      recoveryPoint,
    })
  if (!isNotable(report)) return
  const fields = {
    partition: folder,
    scannedBatches: report.scannedBatches,
    scannedBytes: report.scannedBytes,
    ...(report.cutReason === undefined ? {} : { cutBytes: report.cutBytes, cutReason: report.cutReason }),
    ...(report.droppedSegments > 0 ? { droppedSegments: report.droppedSegments } : {}),
    ...(report.rebuiltIndexes > 0 ? { rebuiltIndexes: report.rebuiltIndexes } : {}),
    ...(report.unusableSnapshots > 0 ? { unusableSnapshots: report.unusableSnapshots } : {}),
    segments: segments.length,
    logEndOffset: nextOffset,
  }
  logger.info('Recovered a log', fields)
}

function isNotable(report: RecoveryReport): boolean {
  return (
    report.scannedBatches > 0 ||
    report.cutReason !== undefined ||
    report.droppedSegments > 0 ||
    report.rebuiltIndexes > 0 ||
    report.unusableSnapshots > 0
  )
}
