/**
 * From the bytes of a fetch to records: batches are checked and unpacked, control batches and what aborted
 * transactions wrote are left out. Pure.
 */
import { decompress } from '#protocol/compression.ts'
import { decodeControlRecordKey } from '#protocol/control-records.ts'
import {
  batchCrcIsValid,
  batchHeaderBytes,
  type BatchHeader,
  currentMagic,
  peekBatchSize,
  readBatchHeader,
} from '#protocol/record-batch.ts'
import { type DecodedRecord, decodeRecords } from '#protocol/records.ts'

/** A batch that unpacks to more is refused. Kafka's default for a packed one is 1 MiB. */
const maxUnpackedBytes = 256 * 1024 * 1024

export interface FetchedRecord extends DecodedRecord {
  /** Of the batch; -1 where the broker does not say. */
  readonly leaderEpoch: number
}

export interface FetchedRecords {
  readonly records: FetchedRecord[]
  /** Where the next fetch goes on. */
  readonly nextOffset: number
}

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/**
 * @param fromOffset records before it are left out: a batch comes whole, also when the middle of it was asked for
 * @param aborted what the broker named, for readers of committed records; empty for others
 * @throws CorruptBatchError, CompressionError, UnpackedTooLargeError, InvalidRecordError
 */
export function decodeFetched(
  bytes: Buffer,
  fromOffset: number,
  aborted: readonly AbortedTransaction[] = [],
): FetchedRecords {
  const records: FetchedRecord[] = []
  const skipped = new AbortedProducers(aborted)
  let nextOffset = fromOffset
  let position = 0
  for (;;) {
    const sizeInBytes = peekBatchSize(bytes, position)
    // The last batch may be cut: what is missing comes with the next fetch.
    if (sizeInBytes === undefined || position + sizeInBytes > bytes.length) break
    const header = checkedHeader(bytes, position, sizeInBytes)
    if (skipped.wants(header)) {
      for (const record of unpack(bytes, position, header)) {
        if (record.offset >= fromOffset) records.push({ ...record, leaderEpoch: header.leaderEpoch })
      }
    } else if (header.isControl) {
      skipped.passMarker(header, unpack(bytes, position, header))
    }
    nextOffset = Math.max(nextOffset, header.lastOffset + 1)
    position += sizeInBytes
  }
  return { records, nextOffset }
}

/** A batch that cannot be read. */
export class UnreadableBatchError extends Error {
  override readonly name = 'UnreadableBatchError'
}

function checkedHeader(bytes: Buffer, position: number, sizeInBytes: number): BatchHeader {
  if (sizeInBytes >= batchHeaderBytes) {
    const header = readBatchHeader(bytes, position)
    if (header.magic === currentMagic && batchCrcIsValid(bytes, position, sizeInBytes)) return header
    if (header.magic !== currentMagic) {
      throw new UnreadableBatchError(`the batch at offset ${header.baseOffset} is of format v${header.magic}`)
    }
  }
  throw new UnreadableBatchError('the checksum of a batch is wrong')
}

function unpack(bytes: Buffer, position: number, header: BatchHeader): DecodedRecord[] {
  const { codec } = header
  if (codec === undefined) {
    throw new UnreadableBatchError(`the batch at offset ${header.baseOffset} has a codec that is not known`)
  }
  const packed = bytes.subarray(position + batchHeaderBytes, position + header.sizeInBytes)
  return decodeRecords(header, decompress(codec, packed, maxUnpackedBytes))
}

/** Which producers' transactions, at the batch that is looked at, are ones that were aborted. */
class AbortedProducers {
  readonly #coming: AbortedTransaction[]
  readonly #open = new Set<number>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset)
  }

  /** Whether the batch has records for the reader. */
  wants({ isControl, isTransactional, producerId, lastOffset }: BatchHeader): boolean {
    while (this.#coming.length > 0 && this.#coming[0]!.firstOffset <= lastOffset) {
      this.#open.add(this.#coming.shift()!.producerId)
    }
    return !isControl && !(isTransactional && this.#open.has(producerId))
  }

  passMarker({ producerId }: BatchHeader, [marker]: readonly DecodedRecord[]): void {
    if (marker !== undefined && decodeControlRecordKey(marker.key) === 'ABORT') this.#open.delete(producerId)
  }
}
