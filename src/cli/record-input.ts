/**
 * Records from the bytes of an input: by a format, the mirror of `consume --format`, or as the JSON that
 * `consume --json` prints. Pure.
 *
 *     %t topic   %p partition   %T %d timestamp (ms)   %k key   %v value   %k{hex} %k{base64} %k{json}, and %v so
 *     %h headers (a=b,c=d)      %K %V the bytes of the key and the value, where they stand before them; -1: null
 */
import { UsageError } from './failure.ts'
import { type InputRecord, readTokens } from './input-tokens.ts'
import { LineSplitter, maxLineBytes } from './line-splitter.ts'
import { byteFormOf, type Field, isField, parseTemplate, type Token, withoutModifier } from './template.ts'

/** Takes the input chunk by chunk. Errors name the record by its number, counted from 1. */
export interface RecordInput {
  push(chunk: Buffer): InputRecord[]
  /** The last record, where the input does not end with a delimiter. */
  end(): InputRecord[]
}

/** Of `--format`. @throws UsageError */
export function compileInput(format: string): () => RecordInput {
  if (format === 'json') return () => new LineInput(Buffer.from('\n'), readJson)
  const tokens = parseTemplate(format)
  for (const token of tokens) if (isField(token)) checkField(token)
  const used = tokens.filter(isField).map(({ letter }) => letter)
  checkOnce(used)
  if (used.includes('K') || used.includes('V')) {
    checkSized(tokens)
    return () => new SizedInput(tokens)
  }
  const last = tokens.at(-1)
  if (last === undefined || isField(last))
    throw new UsageError("a format must end with what ends a record, such as '\\n'")
  const within = tokens.slice(0, -1)
  if (within.length === 0) throw new UsageError('a format must have fields, such as %v')
  checkApart(within)
  return () => new LineInput(last.literal, line => readLine(within, line))
}

const letters = ['t', 'p', 'T', 'd', 'k', 'v', 's', 'h', 'K', 'V']

function checkField(field: Field): void {
  if (!letters.includes(field.letter))
    throw new UsageError(`'%${field.letter}' cannot be read; there are %${letters.join(' %')} %%`)
  if ('kvs'.includes(field.letter)) byteFormOf(field)
  else withoutModifier(field)
}

function checkOnce(used: readonly string[]): void {
  for (const letter of used)
    if (used.indexOf(letter) !== used.lastIndexOf(letter))
      throw new UsageError(`'%${letter}' stands in the format twice`)
}

/** Where a field's size is not known, only what follows tells where it ends. */
function checkApart(tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    if (isField(token) && next !== undefined && isField(next))
      throw new UsageError(`nothing stands between %${token.letter} and %${next.letter} in the format`)
  }
}

function checkSized(tokens: readonly Token[]): void {
  const isKnown = (letter: string, before: number): boolean => {
    const size = letter === 'k' ? 'K' : letter === 'v' || letter === 's' ? 'V' : ''
    return tokens.slice(0, before).some(token => isField(token) && token.letter === size)
  }
  for (const [index, token] of tokens.entries()) {
    if (!isField(token) || isKnown(token.letter, index)) continue
    const next = tokens[index + 1]
    if (next === undefined || isField(next))
      throw new UsageError(`nothing in the format tells where %${token.letter} ends`)
  }
}

/** Records that a delimiter ends, so that a bad one is known before the next begins. */
class LineInput implements RecordInput {
  readonly #splitter: LineSplitter
  readonly #read: (line: Buffer) => InputRecord
  readonly #noun: string
  #count = 0

  constructor(delimiter: Buffer, read: (line: Buffer) => InputRecord) {
    this.#splitter = new LineSplitter(delimiter)
    this.#read = read
    this.#noun = delimiter.toString() === '\n' ? 'line' : 'record'
  }

  push(chunk: Buffer): InputRecord[] {
    return this.#splitter.push(chunk).map(line => this.#record(line))
  }

  end(): InputRecord[] {
    const last = this.#splitter.end()
    return last === undefined ? [] : [this.#record(last)]
  }

  #record(line: Buffer): InputRecord {
    this.#count++
    try {
      return this.#read(line)
    } catch (error) {
      throw new Error(`${this.#noun} ${this.#count} ${(error as Error).message}`, { cause: error })
    }
  }
}

function readLine(tokens: readonly Token[], line: Buffer): InputRecord {
  const read = readTokens(tokens, line, 0, { isWhole: true })
  if (read === undefined) throw new Error('is not as the format says')
  if (read.end < line.length) throw new Error('goes on after what the format says')
  return read.record
}

/** Records whose keys or values have their sizes before them, so that any byte may stand in them. */
class SizedInput implements RecordInput {
  readonly #tokens: readonly Token[]
  #chunks: Buffer[] = []
  #bytes = 0
  /** Reading is not tried again before so much is there. */
  #neededBytes = 0
  #count = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  push(chunk: Buffer): InputRecord[] {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < this.#neededBytes) return []
    const buffer = Buffer.concat(this.#chunks)
    const records: InputRecord[] = []
    let at = 0
    for (let read = this.#read(buffer, at); read !== undefined; read = this.#read(buffer, at)) {
      this.#count++
      records.push(read.record)
      at = read.end
    }
    this.#chunks = [buffer.subarray(at)]
    this.#bytes = buffer.length - at
    // Each try begins at the front of the record: twice as many bytes keep the tries few.
    this.#neededBytes = this.#bytes * 2
    if (this.#bytes > maxLineBytes)
      throw new RangeError(`record ${this.#count + 1} is longer than ${maxLineBytes} bytes`)
    return records
  }

  end(): InputRecord[] {
    this.#neededBytes = 0
    const records = this.push(Buffer.alloc(0))
    if (this.#bytes === 0) return records
    // The line break after the last record may be missing, as with lines.
    const last = this.#tokens.at(-1)!
    const ended = isField(last) ? undefined : this.#read(Buffer.concat([...this.#chunks, last.literal]), 0)
    if (ended === undefined || ended.end !== this.#bytes + (isField(last) ? 0 : last.literal.length))
      throw new Error(`record ${this.#count + 1} is cut off by the end of the input`)
    return [...records, ended.record]
  }

  #read(buffer: Buffer, at: number): ReturnType<typeof readTokens> {
    if (at === buffer.length) return undefined
    try {
      return readTokens(this.#tokens, buffer, at, { isWhole: false })
    } catch (error) {
      throw new Error(`record ${this.#count + 1} ${(error as Error).message}`, { cause: error })
    }
  }
}

/** All of the input is the value of one record. */
export function wholeInput(): RecordInput {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    push: chunk => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > maxLineBytes) throw new RangeError(`it is longer than ${maxLineBytes} bytes`)
      return []
    },
    end: () => [{ key: null, value: Buffer.concat(chunks), headers: [] }],
  }
}

/** What `consume --json` prints; a value that is no string is kept as the JSON that it is. */
function readJson(line: Buffer): InputRecord {
  let object: unknown
  try {
    object = JSON.parse(line.toString())
  } catch (error) {
    throw new Error(`is no JSON: ${(error as Error).message}`, { cause: error })
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    throw new Error('is no JSON object')
  const fields = object as Readonly<Record<string, unknown>>
  const { topic, partition, timestamp, headers = [] } = fields
  if (topic !== undefined && typeof topic !== 'string') throw new Error("has a 'topic' that is no text")
  if (!Array.isArray(headers)) throw new Error("has 'headers' that are no array")
  const partitionNumber = wholeNumber('partition', partition)
  const timestampMs = wholeNumber('timestamp', timestamp)
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(partitionNumber === undefined ? {} : { partition: partitionNumber }),
    ...(timestampMs === undefined ? {} : { timestampMs }),
    key: jsonBytes(fields, 'key'),
    value: jsonBytes(fields, 'value'),
    headers: headers.map((header: unknown) => {
      const { key } = (header ?? {}) as { key?: unknown }
      if (typeof key !== 'string') throw new Error('has a header without a key')
      return { key, value: jsonBytes(header as Record<string, unknown>, 'value') }
    }),
  }
}

function wholeNumber(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`has a '${name}' that is no whole number`)
}

function jsonBytes(fields: Readonly<Record<string, unknown>>, name: string): Buffer | null {
  const base64 = fields[`${name}Base64`]
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64')
  const value = fields[name]
  if (value === undefined || value === null) return null
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
}
