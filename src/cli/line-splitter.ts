/** Cuts a stream of bytes into lines, or whatever else a delimiter ends. Pure. */

/** No broker takes a record of this size; a line without an end must not fill the memory. */
const maxLineBytes = 64 * 1024 * 1024

export class LineSplitter {
  readonly #delimiter: Buffer
  #rest: Buffer[] = []
  #restBytes = 0

  /** @param delimiter one byte */
  constructor(delimiter: Buffer = Buffer.from('\n')) {
    this.#delimiter = delimiter
  }

  /**
   * The lines that end in this chunk, without their delimiters.
   * @throws RangeError when a line is longer than 64 MiB
   */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = []
    let start = 0
    for (let end = chunk.indexOf(this.#delimiter); end >= 0; end = chunk.indexOf(this.#delimiter, start)) {
      lines.push(this.#joined(chunk.subarray(start, end)))
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
    return lines
  }

  /** What stands after the last delimiter; undefined where that is nothing. */
  end(): Buffer | undefined {
    return this.#restBytes === 0 ? undefined : this.#joined(Buffer.alloc(0))
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
