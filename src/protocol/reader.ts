/**
 * A bounds-checked cursor over bytes from outside. Every method moves it past what it returns, and throws
 * ProtocolError, nothing else, where the bytes are too short or break the format. Lengths are checked before
 * anything is allocated for them. Pure.
 */
import { int64Clamp, readInt64 } from './int64.ts'
import { ProtocolError } from './protocol-error.ts'
import { zeroUuid } from '#base/random.ts'

/** Kafka's own limit for strings, compact ones too. */
const maxStringBytes = 0x7fff

/**
 * Elements of all arrays in one message. A frame of 100 MB could otherwise ask for tens of millions of objects,
 * each many times the size of its bytes. A request that names every partition of a full broker stays far below.
 */
const defaultMaxElements = 1_000_000

export class Reader {
  readonly #bytes: Buffer
  #position: number
  #elementsLeft: number

  /** @param maxElements array elements that may be read in all */
  constructor(source: Buffer, maxElements = defaultMaxElements) {
    this.#bytes = source
    this.#position = 0
    this.#elementsLeft = maxElements
  }

  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.#bytes.length - this.#position
  }

  /** The place of the next `size` bytes, and past them. */
  #take(size: number): number {
    const position = this.#position
    const next = position + size
    if (next > this.#bytes.length || size < 0) this.#refuseSize(size)
    this.#position = next
    return position
  }

  #refuseSize(size: number): never {
    throw new ProtocolError(`${size} bytes wanted at ${this.#position}, ${this.remaining} are left`)
  }

  bool(): boolean {
    return this.#bytes[this.#take(1)] !== 0
  }

  int8(): number {
    return (this.#bytes[this.#take(1)]! << 24) >> 24
  }

  int16(): number {
    const at = this.#take(2)
    return ((this.#bytes[at]! << 24) >> 16) | this.#bytes[at + 1]!
  }

  uint16(): number {
    const at = this.#take(2)
    return (this.#bytes[at]! << 8) | this.#bytes[at + 1]!
  }

  int32(): number {
    const at = this.#take(4)
    const bytes = this.#bytes
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }

  uint32(): number {
    return this.int32() >>> 0
  }

  /** Exact up to 2^53 - 1, plus or minus 2^53 beyond. */
  int64(): number {
    return readInt64(this.#bytes, this.#take(8))
  }

  int64Exact(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8))
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8))
  }

  /** Unsigned, at most 2^32 - 1. As in Kafka a fifth byte's upper bits are dropped and a sixth byte is an error. */
  uvarint(): number {
    const bytes = this.#bytes
    const first = bytes[this.#take(1)]!
    if (first < 0x80) return first
    let value = first & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      const next = bytes[this.#take(1)]!
      value |= (next & 0x7f) << shift
      if (next < 0x80) return value >>> 0
    }
    throw new ProtocolError(`a varint of more than 5 bytes before ${this.#position}`)
  }

  /** Zigzag, an int32. */
  varint(): number {
    const value = this.uvarint()
    return (value >>> 1) ^ -(value & 1)
  }

  /** Zigzag. Exact up to 2^53 - 1, plus or minus 2^53 beyond. */
  varlong(): number {
    const value = this.varlongExact()
    if (value >= int64Clamp) return int64Clamp
    return value <= -int64Clamp ? -int64Clamp : Number(value)
  }

  /** Zigzag. */
  varlongExact(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const next = this.#bytes[this.#take(1)]!
      value |= BigInt(next & 0x7f) << shift
      if (next < 0x80) {
        value = BigInt.asUintN(64, value)
        return (value >> 1n) ^ -(value & 1n)
      }
    }
    throw new ProtocolError(`a varlong of more than 10 bytes before ${this.#position}`)
  }

  uuid(): string {
    const at = this.#take(16)
    const bytes = this.#bytes
    let isZero = true
    for (let index = at; isZero && index < at + 16; index++) isZero = bytes[index] === 0
    return isZero ? zeroUuid : bytes.toString('base64url', at, at + 16)
  }

  /** UTF-8; what is not valid becomes U+FFFD. */
  #text(size: number): string {
    if (size > maxStringBytes)
      throw new ProtocolError(`a string of ${size} bytes, ${maxStringBytes} are allowed`)
    const at = this.#take(size)
    const text = this.#bytes.toString('utf8', at, at + size)
    // U+FFFD takes three bytes where one was: such a string could be kept, and then never be written again.
    if (size > maxStringBytes / 3 && Buffer.byteLength(text) > maxStringBytes) {
      throw new ProtocolError(`a string of ${size} bytes that are not UTF-8`)
    }
    return text
  }

  #present<T>(value: T | null): T {
    if (value === null) throw new ProtocolError(`null before ${this.#position}, where it is not allowed`)
    return value
  }

  string(): string {
    return this.#present(this.nullableString())
  }

  nullableString(): string | null {
    const size = this.int16()
    return size < 0 ? null : this.#text(size)
  }

  compactString(): string {
    return this.#present(this.compactNullableString())
  }

  compactNullableString(): string | null {
    const size = this.#compactLength()
    return size < 0 ? null : this.#text(size)
  }

  /** A length plus one. As an int32, as in Kafka, so that what is beyond it counts as null. */
  #compactLength(): number {
    return (this.uvarint() | 0) - 1
  }

  /** A view of the next `size` bytes. */
  raw(size: number): Buffer {
    const at = this.#take(size)
    return this.#bytes.subarray(at, at + size)
  }

  bytes(): Buffer {
    return this.#present(this.nullableBytes())
  }

  nullableBytes(): Buffer | null {
    const size = this.int32()
    return size < 0 ? null : this.raw(size)
  }

  compactBytes(): Buffer {
    return this.#present(this.compactNullableBytes())
  }

  compactNullableBytes(): Buffer | null {
    const size = this.#compactLength()
    return size < 0 ? null : this.raw(size)
  }

  /**
   * Number of elements of an array that cannot be null.
   * @param minElementBytes fewest bytes that an element takes, at least 1
   */
  arrayLength(minElementBytes: number): number {
    return this.#checkLength(this.int32(), minElementBytes)
  }

  /** @returns -1 for null */
  nullableArrayLength(minElementBytes: number): number {
    const length = this.int32()
    return length < 0 ? -1 : this.#checkLength(length, minElementBytes)
  }

  compactArrayLength(minElementBytes: number): number {
    return this.#checkLength(this.#compactLength(), minElementBytes)
  }

  /** @returns -1 for null */
  compactNullableArrayLength(minElementBytes: number): number {
    const length = this.#compactLength()
    return length < 0 ? -1 : this.#checkLength(length, minElementBytes)
  }

  #checkLength(length: number, minElementBytes: number): number {
    if (length < 0) throw new ProtocolError(`null before ${this.#position}, where an array must be`)
    if (length * minElementBytes > this.remaining) {
      throw new ProtocolError(
        `an array of ${length} elements at ${this.#position}, ${this.remaining} bytes are left`,
      )
    }
    this.#elementsLeft -= length
    if (this.#elementsLeft < 0) throw new ProtocolError(`more array elements than a message may have`)
    return length
  }

  skip(size: number): void {
    this.#take(size)
  }

  /** Passes over the tagged fields of a struct of which none is known. */
  skipTags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint()
      this.skip(this.uvarint())
    }
  }
}
