/**
 * The records behind a v2 header, once unpacked: a cursor that checks all that Kafka checks and allocates nothing
 * per record, decoding to objects for those who want them, and encoding. Kafka: DefaultRecord. Pure.
 * Must not know about batches: record-batch.ts does.
 */
import { clampInt64 } from './int64.ts'
import { sizeOfVarint, sizeOfVarlong, writeVarint, writeVarlong } from './varint.ts'

/** Bytes of the smallest record: length, attributes, two deltas, key and value sizes, header count. */
export const minRecordBytes = 7

/** The bytes are no records (Kafka: InvalidRecordException). */
export class InvalidRecordError extends Error {
  override readonly name = 'InvalidRecordError'
}

export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/**
 * Walks the records of a body. The fields hold the record that the last `next` or `skip` went over; sizes are -1
 * where the wire has null.
 */
export class RecordCursor {
  readonly bytes: Buffer
  readonly end: number
  /** Where the next record starts. */
  position: number
  attributes = 0
  /** Milliseconds after the batch's base timestamp; beyond 2^53 see `wideTimestampDelta`. */
  timestampDelta = 0
  /** The exact delta where it took eight bytes or more, else undefined. */
  wideTimestampDelta: bigint | undefined = undefined
  offsetDelta = 0
  keyStart = 0
  keySize = 0
  valueStart = 0
  valueSize = 0
  headersStart = 0
  headerCount = 0

  /** @param end position after the last byte of the body */
  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.position = start
    this.end = end
  }

  get hasRemaining(): boolean {
    return this.position < this.end
  }

  /**
   * Goes over one record and checks all of it: the length it states must be the length it has.
   * @throws InvalidRecordError
   */
  next(): void {
    const size = this.#varint()
    const start = this.position
    if (size > this.end - start) {
      throw new InvalidRecordError(
        `Invalid record size: expected ${size} bytes in record payload, but only ${this.end - start} remain`,
      )
    }
    this.#fixedFields()
    this.keySize = this.#varint()
    this.keyStart = this.position
    this.#advance(this.keySize)
    this.valueSize = this.#varint()
    this.valueStart = this.position
    this.#advance(this.valueSize)
    const headerCount = this.#varint()
    this.headerCount = headerCount
    this.headersStart = this.position
    if (headerCount !== 0) {
      if (headerCount < 0 || headerCount > this.end - this.position) {
        throw new InvalidRecordError(`Found invalid number of record headers ${headerCount}`)
      }
      this.#skipHeaders(headerCount)
    }
    if (this.position - start !== size) {
      throw new InvalidRecordError(
        `Invalid record size: expected to read ${size} bytes in record payload, but instead read ${this.position - start}`,
      )
    }
  }

  /**
   * Goes over one record as Kafka's broker does in a compressed batch that it keeps: the fields must be there, the
   * record's own length is not looked at (PartialDefaultRecord).
   * @throws InvalidRecordError
   */
  skip(): void {
    this.#varint()
    this.#fixedFields()
    this.keySize = this.#varint()
    this.keyStart = this.position
    this.#advance(this.keySize)
    this.valueSize = this.#varint()
    this.valueStart = this.position
    this.#advance(this.valueSize)
    const headerCount = this.#varint()
    this.headerCount = headerCount
    this.headersStart = this.position
    if (headerCount < 0) {
      throw new InvalidRecordError(`Found invalid number of record headers ${headerCount}`)
    }
    if (headerCount !== 0) this.#skipHeaders(headerCount)
  }

  /** A view of the current record's key. */
  key(): Buffer | null {
    return this.keySize < 0 ? null : this.bytes.subarray(this.keyStart, this.keyStart + this.keySize)
  }

  /** A view of the current record's value. */
  value(): Buffer | null {
    return this.valueSize < 0 ? null : this.bytes.subarray(this.valueStart, this.valueStart + this.valueSize)
  }

  /** The current record's headers; values are views. */
  headers(): RecordHeader[] {
    const headers: RecordHeader[] = []
    const after = this.position
    this.position = this.headersStart
    for (let index = 0; index < this.headerCount; index++) {
      const keySize = this.#varint()
      const keyStart = this.position
      this.#advance(keySize)
      const valueSize = this.#varint()
      const valueStart = this.position
      this.#advance(valueSize)
      headers.push({
        key: this.bytes.toString('utf8', keyStart, keyStart + keySize),
        value: valueSize < 0 ? null : this.bytes.subarray(valueStart, valueStart + valueSize),
      })
    }
    this.position = after
    return headers
  }

  #fixedFields(): void {
    if (this.position >= this.end) throw endOfBody()
    this.attributes = this.bytes[this.position++]!
    this.#varlong()
    this.offsetDelta = this.#varint()
  }

  #skipHeaders(count: number): void {
    for (let index = 0; index < count; index++) {
      const keySize = this.#varint()
      if (keySize < 0) throw new InvalidRecordError(`Invalid negative header key size ${keySize}`)
      this.#advance(keySize)
      this.#advance(this.#varint())
    }
  }

  /** Over `count` bytes; a negative size means null and has none. */
  #advance(count: number): void {
    if (count <= 0) return
    if (count > this.end - this.position) throw endOfBody()
    this.position += count
  }

  #varint(): number {
    const bytes = this.bytes
    let at = this.position
    if (at >= this.end) throw endOfBody()
    let byte = bytes[at++]!
    let raw = byte & 0x7f
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (at >= this.end) throw endOfBody()
      if (shift > 28) throw new InvalidRecordError('Varint is too long')
      byte = bytes[at++]!
      raw |= (byte & 0x7f) << shift
    }
    this.position = at
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Sets the timestamp delta. */
  #varlong(): void {
    const bytes = this.bytes
    const start = this.position
    let at = start
    let raw = 0
    let scale = 1
    let byte = 0x80
    while (byte >= 0x80) {
      if (at >= this.end) throw endOfBody()
      if (at - start === 10) throw new InvalidRecordError('Varlong is too long')
      byte = bytes[at++]!
      raw += (byte & 0x7f) * scale
      scale *= 128
    }
    this.position = at
    if (at - start <= 7) {
      // Up to 49 bits: exact as a number. Division, because shifts have 32 bits.
      this.timestampDelta = raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
      this.wideTimestampDelta = undefined
      return
    }
    let exact = 0n
    for (let index = at - 1; index >= start; index--) exact = (exact << 7n) | BigInt(bytes[index]! & 0x7f)
    exact = BigInt.asUintN(64, exact)
    this.wideTimestampDelta = BigInt.asIntN(64, (exact >> 1n) ^ -(exact & 1n))
    this.timestampDelta = clampInt64(this.wideTimestampDelta)
  }
}

function endOfBody(): InvalidRecordError {
  return new InvalidRecordError('Incorrect declared batch size, premature EOF reached')
}

/** A record as its reader wants it. Key, values and header values are views of the body. */
export interface DecodedRecord {
  readonly offset: number
  /** Milliseconds; the batch's own where the broker stamped it. */
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/** What of a batch header its records need. BatchHeader fits. */
export interface RecordContext {
  readonly baseOffset: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  readonly recordCount: number
}

/**
 * Decodes all records of an unpacked body.
 * @throws InvalidRecordError when they are broken, or are not as many as the header says
 */
export function decodeRecords(context: RecordContext, body: Buffer): DecodedRecord[] {
  if (context.recordCount < 0)
    throw new InvalidRecordError(`Found invalid record count ${context.recordCount}`)
  const cursor = new RecordCursor(body)
  const records: DecodedRecord[] = []
  for (let index = 0; index < context.recordCount; index++) {
    cursor.next()
    records.push({
      offset: context.baseOffset + cursor.offsetDelta,
      timestampMs:
        context.timestampType === 'LogAppendTime'
          ? context.maxTimestamp
          : context.baseTimestamp + cursor.timestampDelta,
      key: cursor.key(),
      value: cursor.value(),
      headers: cursor.headerCount === 0 ? [] : cursor.headers(),
    })
  }
  if (context.recordCount > 0 && cursor.hasRemaining) {
    throw new InvalidRecordError('Incorrect declared batch size, records still remaining in file')
  }
  return records
}

/** A record to be encoded. A number must be a safe integer. */
export interface RecordInput {
  readonly timestampDelta: number | bigint
  readonly offsetDelta: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly { readonly key: string | Uint8Array; readonly value: Uint8Array | null }[]
}

/** @returns bytes of the whole record, its own length included */
export function sizeOfRecord(record: RecordInput): number {
  const bodySize = sizeOfRecordBody(record)
  return sizeOfVarint(bodySize) + bodySize
}

function sizeOfRecordBody(record: RecordInput): number {
  const headers = record.headers ?? []
  let size = 1 + sizeOfVarlong(record.timestampDelta) + sizeOfVarint(record.offsetDelta)
  size += sizeOfBytes(record.key) + sizeOfBytes(record.value) + sizeOfVarint(headers.length)
  for (const header of headers) {
    const keySize = typeof header.key === 'string' ? Buffer.byteLength(header.key) : header.key.length
    size += sizeOfVarint(keySize) + keySize + sizeOfBytes(header.value)
  }
  return size
}

function sizeOfBytes(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : sizeOfVarint(bytes.length) + bytes.length
}

/**
 * @param target has `sizeOfRecord(record)` bytes from `position` on
 * @returns position after the record
 */
export function writeRecord(target: Buffer, position: number, record: RecordInput): number {
  const headers = record.headers ?? []
  let at = writeVarint(target, position, sizeOfRecordBody(record))
  target[at++] = 0
  at = writeVarlong(target, at, record.timestampDelta)
  at = writeVarint(target, at, record.offsetDelta)
  at = writeBytes(target, at, record.key)
  at = writeBytes(target, at, record.value)
  at = writeVarint(target, at, headers.length)
  for (const header of headers) {
    at = writeBytes(target, at, typeof header.key === 'string' ? Buffer.from(header.key) : header.key)
    at = writeBytes(target, at, header.value)
  }
  return at
}

function writeBytes(target: Buffer, position: number, bytes: Uint8Array | null): number {
  if (bytes === null) return writeVarint(target, position, -1)
  const at = writeVarint(target, position, bytes.length)
  target.set(bytes, at)
  return at + bytes.length
}
