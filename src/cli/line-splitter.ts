/** Cuts a stream of bytes into lines, or whatever else a delimiter ends. Pure. */

/** No broker takes a record of this size; a line without an end must not fill the memory. */
export const maxLineBytes = 64 * 1024 * 1024

export class LineSplitter {
  readonly #delimiter: Buffer
  #rest: Buffer[] = []
  #restBytes = 0

  /** @param delimiter one byte or more */
  constructor(delimiter: Buffer = Buffer.from('\n')) {
    this.#delimiter = delimiter
  }

  /**
   * The lines that end in this chunk, without their delimiters.
   * @throws RangeError when a line is longer than 64 MiB
   */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = []
    const bytes = this.#withTail(chunk)
    let start = 0
    for (let end = bytes.indexOf(this.#delimiter); end >= 0; end = bytes.indexOf(this.#delimiter, start)) {
      lines.push(this.#joined(bytes.subarray(start, end)))
      start = end + this.#delimiter.length
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start))
    return lines
  }

  /** What stands after the last delimiter; undefined where that is nothing. */
  end(): Buffer | undefined {
    return this.#restBytes === 0 ? undefined : this.#joined(Buffer.alloc(0))
  }

  /** A delimiter of several bytes may have begun in the chunk before: its last bytes are looked at again. */
  #withTail(chunk: Buffer): Buffer {
    const tailBytes = Math.min(this.#delimiter.length - 1, this.#restBytes)
    if (tailBytes === 0) return chunk
    const rest = this.#joined(Buffer.alloc(0))
    const split = rest.length - tailBytes
    if (split > 0) this.#keep(rest.subarray(0, split))
    return Buffer.concat([rest.subarray(split), chunk])
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes)
    this.#restBytes += bytes.length
    if (this.#restBytes > maxLineBytes) throw new RangeError(`a line is longer than ${maxLineBytes} bytes`)
  }

  #joined(last: Buffer): Buffer {
    if (this.#restBytes === 0) return last
    const line = Buffer.concat([...this.#rest, last])
    this.#rest = []
    this.#restBytes = 0
    return line
  }
}
