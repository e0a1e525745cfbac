/**
 * Output of a decoder whose size is not known beforehand: grows by doubling, never past its limit.
 */
import { UnpackedTooLargeError } from './compression-error.ts'

export class UnpackBuffer {
  /** Valid up to `length`; replaced when it grows. */
  bytes: Buffer
  length = 0
  readonly maxBytes: number

  constructor(initialBytes: number, maxBytes: number) {
    this.maxBytes = maxBytes
    this.bytes = Buffer.allocUnsafe(Math.min(initialBytes, maxBytes))
  }

  /**
   * Makes room for `count` more bytes.
   * @throws UnpackedTooLargeError when they would pass the limit
   */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed > this.maxBytes) throw new UnpackedTooLargeError(this.maxBytes)
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.min(Math.max(needed, this.bytes.length * 2), this.maxBytes))
    this.bytes.copy(grown, 0, 0, this.length)
    this.bytes = grown
  }

  append(source: Uint8Array): void {
    this.reserve(source.length)
    this.bytes.set(source, this.length)
    this.length += source.length
  }

  finish(): Buffer {
    return this.bytes.subarray(0, this.length)
  }
}
