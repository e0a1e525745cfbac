/**
 * Output of an encoder. Small values are copied into chunks that all writers share; long byte arrays and records
 * are only referenced, so they must stay as they are until the reply has left. Must not know what a message is.
 */
import { isLazyBytes, type LazyBytes, type WirePart } from './lazy-bytes.ts'
import { EncodeError } from './protocol-error.ts'
import { zeroUuid } from '#base/random.ts'

/** A finished message: its bytes in order. */
export interface WireBytes {
  readonly parts: WirePart[]
  readonly byteLength: number
}

/** From here on a reference is cheaper than a copy. */
const referencedFromBytes = 2048

/**
 * A chunk lives as long as the last reply in it. So it is small: a client that does not read its one reply of a few
 * bytes holds this much. Larger ones, made for a message that does not fit, are not shared.
 */
const firstChunkBytes = 8 * 1024
const maxChunkBytes = 256 * 1024
/** A chunk with less room than this is not passed on to the next writer. */
const minReusedBytes = 512
/** Writers in use at once: a tagged field has its own inside that of its message. */
const maxSpareChunks = 4

const maxStringBytes = 0x7fff
/** Strings up to this length are tried as ASCII first; their length then takes one byte if it is compact. */
const shortStringLength = 48

interface Chunk {
  readonly bytes: Buffer
  readonly view: DataView
  /** Bytes before this position belong to finished messages. */
  used: number
}

const spareChunks: Chunk[] = []

function newChunk(size: number): Chunk {
  const made = Buffer.allocUnsafeSlow(size)
  return { bytes: made, view: new DataView(made.buffer), used: 0 }
}

export class Writer {
  #chunk: Chunk
  #bytes: Buffer
  #view: DataView
  /** Where the part that is being written began. */
  #start: number
  #position: number
  readonly #parts: WirePart[] = []
  /** Bytes in `#parts`. */
  #finishedBytes = 0

  constructor() {
    const chunk = spareChunks.pop() ?? newChunk(firstChunkBytes)
    this.#chunk = chunk
    this.#bytes = chunk.bytes
    this.#view = chunk.view
    this.#start = chunk.used
    this.#position = chunk.used
  }

  get byteLength(): number {
    return this.#finishedBytes + this.#position - this.#start
  }

  /** Ends the message. The writer must not be used again. */
  finish(): WireBytes {
    this.#closePart()
    const chunk = this.#chunk
    const isReusable =
      chunk.bytes.length === firstChunkBytes && firstChunkBytes - this.#position >= minReusedBytes
    if (isReusable && spareChunks.length < maxSpareChunks) {
      chunk.used = this.#position
      spareChunks.push(chunk)
    }
    return { parts: this.#parts, byteLength: this.#finishedBytes }
  }

  /** Ends a message that has no lazy parts, and copies it into a buffer of its own. */
  toBuffer(): Buffer {
    const { parts, byteLength } = this.finish()
    const bytes = Buffer.allocUnsafeSlow(byteLength)
    let position = 0
    for (const part of parts) {
      if (isLazyBytes(part)) throw new EncodeError('the message has parts that must be read first')
      bytes.set(part, position)
      position += part.length
    }
    return bytes
  }

  #closePart(): void {
    if (this.#position === this.#start) return
    this.#append(this.#bytes.subarray(this.#start, this.#position), this.#position - this.#start)
    this.#start = this.#position
  }

  #append(part: WirePart, size: number): void {
    this.#parts.push(part)
    this.#finishedBytes += size
  }

  /** The place for the next `size` bytes, which lie together. It may change the chunk: ask before naming it. */
  #take(size: number): number {
    let position = this.#position
    if (position + size > this.#bytes.length) position = this.#grow(size)
    this.#position = position + size
    return position
  }

  #grow(size: number): number {
    this.#closePart()
    const wanted = Math.min(this.#bytes.length * 2, maxChunkBytes)
    const chunk = newChunk(Math.max(wanted, size))
    this.#chunk = chunk
    this.#bytes = chunk.bytes
    this.#view = chunk.view
    this.#start = 0
    return 0
  }

  #byte(value: number): void {
    const at = this.#take(1)
    this.#bytes[at] = value
  }

  bool(value: boolean): void {
    this.#byte(value ? 1 : 0)
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) refuseNumber(value, 'int8')
    this.#byte(value)
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) refuseNumber(value, 'int16')
    const at = this.#take(2)
    this.#view.setInt16(at, value)
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) refuseNumber(value, 'uint16')
    const at = this.#take(2)
    this.#view.setUint16(at, value)
  }

  int32(value: number): void {
    if ((value | 0) !== value) refuseNumber(value, 'int32')
    const at = this.#take(4)
    this.#view.setInt32(at, value)
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) refuseNumber(value, 'uint32')
    const at = this.#take(4)
    this.#view.setUint32(at, value)
  }

  /** @param value an integer within plus or minus 2^53 */
  int64(value: number): void {
    if (!(Math.abs(value) <= 2 ** 53) || !Number.isInteger(value)) refuseNumber(value, 'int64')
    const at = this.#take(8)
    this.#view.setInt32(at, Math.floor(value / 0x1_0000_0000))
    this.#view.setUint32(at + 4, value >>> 0)
  }

  int64Exact(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) refuseNumber(value, 'int64')
    const at = this.#take(8)
    this.#view.setBigInt64(at, value)
  }

  float64(value: number): void {
    const at = this.#take(8)
    this.#view.setFloat64(at, value)
  }

  /** @param value unsigned, at most 2^32 - 1 */
  uvarint(value: number): void {
    if (value >>> 0 !== value) refuseNumber(value, 'unsigned varint')
    while (value > 0x7f) {
      this.#byte((value & 0x7f) | 0x80)
      value >>>= 7
    }
    this.#byte(value)
  }

  /** Zigzag. @param value int32 */
  varint(value: number): void {
    if ((value | 0) !== value) refuseNumber(value, 'varint')
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** Zigzag. @param value int64 */
  varlong(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) refuseNumber(value, 'varlong')
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; rest > 0x7fn; rest >>= 7n) this.#byte(Number(rest & 0x7fn) | 0x80)
    this.#byte(Number(rest))
  }

  /** @param value 22 characters of base64url */
  uuid(value: string): void {
    const at = this.#take(16)
    if (value === zeroUuid) {
      this.#bytes.fill(0, at, at + 16)
      return
    }
    if (value.length !== 22 || this.#bytes.write(value, at, 16, 'base64url') !== 16) {
      throw new EncodeError(`'${value}' is not a uuid`)
    }
  }

  string(value: string): void {
    if (value.length <= shortStringLength && this.#shortAscii(value, 2, value.length)) return
    const text = wellFormed(value)
    const size = Buffer.byteLength(text)
    if (size > maxStringBytes) refuseString(size)
    this.int16(size)
    this.#text(text, size)
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1)
    else this.string(value)
  }

  compactString(value: string): void {
    if (value.length <= shortStringLength && this.#shortAscii(value, 1, value.length + 1)) return
    const text = wellFormed(value)
    const size = Buffer.byteLength(text)
    if (size > maxStringBytes) refuseString(size)
    this.uvarint(size + 1)
    this.#text(text, size)
  }

  compactNullableString(value: string | null): void {
    if (value === null) this.uvarint(0)
    else this.compactString(value)
  }

  #text(value: string, size: number): void {
    const at = this.#take(size)
    this.#bytes.write(value, at, size, 'utf8')
  }

  /** Nearly all strings are short names; a call into native code costs more than this loop. */
  #shortAscii(value: string, prefixBytes: number, prefix: number): boolean {
    const start = this.#take(prefixBytes + value.length)
    const bytes = this.#bytes
    const at = start + prefixBytes
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index)
      if (unit > 0x7f) {
        this.#position = start
        return false
      }
      bytes[at + index] = unit
    }
    if (prefixBytes === 2) bytes[start] = 0
    bytes[at - 1] = prefix
    return true
  }

  bytes(value: Buffer | LazyBytes): void {
    this.int32(value.byteLength)
    this.raw(value)
  }

  nullableBytes(value: Buffer | LazyBytes | null): void {
    if (value === null) this.int32(-1)
    else this.bytes(value)
  }

  compactBytes(value: Buffer | LazyBytes): void {
    this.uvarint(value.byteLength + 1)
    this.raw(value)
  }

  compactNullableBytes(value: Buffer | LazyBytes | null): void {
    if (value === null) this.uvarint(0)
    else this.compactBytes(value)
  }

  /** The bytes alone, without a length. */
  raw(value: WirePart): void {
    const size = value.byteLength
    if (isLazyBytes(value) || size >= referencedFromBytes) {
      this.#closePart()
      this.#append(value, size)
    } else {
      const at = this.#take(size)
      this.#bytes.set(value, at)
    }
  }

  /** A tagged field's size and content. @param content is finished by this call */
  tagged(content: Writer): void {
    const { parts, byteLength } = content.finish()
    this.uvarint(byteLength)
    for (const part of parts) this.raw(part)
  }
}

/** As Java encodes strings: a surrogate without its partner is a question mark. */
function wellFormed(value: string): string {
  if (value.isWellFormed()) return value
  return value.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '?')
}

function refuseNumber(value: number | bigint, kind: string): never {
  throw new EncodeError(`${String(value)} is not an ${kind}`)
}

function refuseString(size: number): never {
  throw new EncodeError(`a string of ${size} bytes, ${maxStringBytes} are allowed`)
}
