/** Prints records up to a number, as fast as stdout takes them. */
import type { FetchedPartition } from '#client/partition-reader.ts'
import { print } from './output.ts'
import type { RecordFormatter } from './record-format.ts'

/** Printed at once: less would cost a system call each, more only memory. */
const chunkBytes = 64 * 1024

export class RecordPrinter {
  /** Most records that are printed. */
  readonly limit: number
  readonly #format: RecordFormatter
  #printedCount = 0

  constructor(format: RecordFormatter, limit: number) {
    this.#format = format
    this.limit = limit
  }

  get printedCount(): number {
    return this.#printedCount
  }

  /** Whether the limit is reached. */
  get isDone(): boolean {
    return this.#printedCount >= this.limit
  }

  /**
   * Prints the records before `endOffset`, as far as the limit allows.
   * @returns the first offset of the partition that was not dealt with
   */
  async print(
    { topic, partition, records, nextOffset }: FetchedPartition,
    endOffset = Infinity,
  ): Promise<number> {
    let pieces: Buffer[] = []
    let bytes = 0
    let doneOffset = Math.min(nextOffset, endOffset)
    for (const record of records) {
      if (this.isDone || record.offset >= endOffset) {
        doneOffset = Math.min(doneOffset, record.offset)
        break
      }
      this.#printedCount++
      for (const piece of this.#format({ ...record, topic, partition })) {
        const buffer = typeof piece === 'string' ? Buffer.from(piece) : piece
        pieces.push(buffer)
        bytes += buffer.length
      }
      if (bytes >= chunkBytes) {
        await print(Buffer.concat(pieces))
        pieces = []
        bytes = 0
      }
    }
    if (bytes > 0) await print(Buffer.concat(pieces))
    return doneOffset
  }
}
