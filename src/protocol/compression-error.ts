/**
 * What goes wrong when bytes are unpacked. Apart from compression.ts, so that each codec can throw them.
 */

/** The bytes are not what the codec says they are, or end too early. */
export class CompressionError extends Error {
  override readonly name = 'CompressionError'
}

/** The output would be larger than allowed. Thrown while unpacking, with no more than the limit in memory. */
export class UnpackedTooLargeError extends Error {
  override readonly name = 'UnpackedTooLargeError'
  readonly maxBytes: number

  constructor(maxBytes: number) {
    super(`Unpacks to more than ${maxBytes} bytes`)
    this.maxBytes = maxBytes
  }
}
