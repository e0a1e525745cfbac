/**
 * Message sets of magic 0 and 1, read as Kafka's AbstractLegacyRecordBatch does. The broker refuses them, so this
 * lives beside the vectors that have them.
 */
import { crc32 } from 'node:zlib'
import { decompress } from '../../src/protocol/compression.ts'
import { decompressLz4 } from '../../src/protocol/lz4.ts'
import { codecs } from '../../src/protocol/record-batch.ts'

const maxBytes = 1 << 30
const logOverheadBytes = 12
const minRecordBytes = 14

export interface LegacyRecord {
  readonly offset: bigint
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
}

interface Entry {
  readonly offset: bigint
  /** From the CRC on. */
  readonly record: Buffer
}

export class LegacyBatch {
  readonly size: number
  readonly lastOffset: bigint
  readonly #record: Buffer

  /** @param bytes one whole entry: offset, size, record */
  constructor(bytes: Buffer) {
    this.size = bytes.length
    this.lastOffset = bytes.readBigInt64BE(0)
    this.#record = bytes.subarray(logOverheadBytes)
  }

  get magic(): number {
    return this.#record.readInt8(4)
  }

  get attributes(): number {
    return this.#record.readInt8(5)
  }

  get codec(): string {
    return codecs[this.attributes & 7] ?? unknownCodec(this.attributes)
  }

  get crc(): number {
    return this.#record.readUInt32BE(0)
  }

  get timestamp(): bigint {
    return this.magic === 0 ? -1n : this.#record.readBigInt64BE(6)
  }

  get timestampType(): string {
    if (this.magic === 0) return 'NoTimestampType'
    return this.attributes & 8 ? 'LogAppendTime' : 'CreateTime'
  }

  checkCrc(): void {
    if (this.#record.length < minRecordBytes || this.crc !== crc32(this.#record.subarray(4))) {
      throw new Error('wrong CRC')
    }
  }

  records(): LegacyRecord[] {
    if (this.codec === 'none') {
      return [{ offset: this.lastOffset, timestamp: this.timestamp, ...keyAndValue(this.#record) }]
    }
    const entries = this.#innerEntries()
    if (entries.length === 0) throw new Error('no inner records')
    let base = 0n
    if (this.magic === 1 && this.lastOffset !== 0n) {
      base = this.lastOffset - entries.at(-1)!.offset
      if (base < 0n) throw new Error('invalid wrapper offset')
    }
    return entries.map(({ offset, record }) => {
      if ((record.readInt8(5) & 7) !== 0) throw new Error('inner messages must not be compressed')
      const hasOwnTime = record.readInt8(4) !== 0
      const isStamped = hasOwnTime && this.timestampType === 'LogAppendTime'
      const own = hasOwnTime ? record.readBigInt64BE(6) : -1n
      return { offset: base + offset, timestamp: isStamped ? this.timestamp : own, ...keyAndValue(record) }
    })
  }

  #innerEntries(): Entry[] {
    if (this.codec === 'zstd') throw new Error('zstd needs magic 2')
    const { value } = keyAndValue(this.#record)
    if (value === null) throw new Error('compressed record set with null value')
    const body =
      this.codec === 'lz4'
        ? decompressLz4(value, maxBytes, this.magic === 0)
        : decompress(this.codec as 'gzip' | 'snappy', value, maxBytes)
    const entries: Entry[] = []
    for (let at = 0; body.length - at >= logOverheadBytes;) {
      const offset = body.readBigInt64BE(at)
      const size = body.readInt32BE(at + 8)
      if (size < minRecordBytes) throw new Error('record size below the minimum')
      at += logOverheadBytes
      if (size > body.length - at) break
      entries.push({ offset, record: body.subarray(at, at + size) })
      at += size
    }
    return entries
  }
}

function unknownCodec(attributes: number): never {
  throw new Error(`unknown codec ${attributes & 7}`)
}

function keyAndValue(record: Buffer): { key: Buffer | null; value: Buffer | null } {
  const keyAt = record.readInt8(4) === 0 ? 6 : 14
  const key = sizeDelimited(record, keyAt)
  return { key, value: sizeDelimited(record, keyAt + 4 + (key?.length ?? 0)) }
}

function sizeDelimited(record: Buffer, at: number): Buffer | null {
  const size = record.readInt32BE(at)
  if (size < 0) return null
  if (size > record.length - at - 4) throw new Error('size beyond the record')
  return record.subarray(at + 4, at + 4 + size)
}
