/** From a line of input to a record. Pure. */

export interface LineOptions {
  /** The key of every record. */
  readonly key?: string
  /** What stands between key and value on each line. */
  readonly keyDelimiter?: Buffer
  /** An empty value means none: a tombstone. */
  readonly tombstone?: boolean
}

export interface KeyAndValue {
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** A function from lines, counted from 1, to records. It throws for a line without the key delimiter. */
export function lineParser(options: LineOptions): (line: Buffer, lineNumber: number) => KeyAndValue {
  const fixedKey = options.key === undefined ? null : Buffer.from(options.key)
  const { keyDelimiter } = options
  const valueOf = (bytes: Buffer): Buffer | null => (options.tombstone && bytes.length === 0 ? null : bytes)
  if (keyDelimiter === undefined) return line => ({ key: fixedKey, value: valueOf(line) })
  return (line, lineNumber) => {
    const at = line.indexOf(keyDelimiter)
    if (at < 0)
      throw new Error(`line ${lineNumber} has no '${keyDelimiter.toString()}' between key and value`)
    return { key: line.subarray(0, at), value: valueOf(line.subarray(at + keyDelimiter.length)) }
  }
}

/** Of `--header`: NAME=VALUE, or NAME for a header without a value. */
export function parseHeader(text: string): { key: string; value: Buffer | null } {
  const equals = text.indexOf('=')
  if (equals < 0) return { key: text, value: null }
  return { key: text.slice(0, equals), value: Buffer.from(text.slice(equals + 1)) }
}
