/** Reads one record by the tokens of a format. Pure. */
import type { RecordHeader } from '#protocol/records.ts'
import { parseHeader } from './header-text.ts'
import { byteFormOf, type Field, formatField, isField, type Token } from './template.ts'

/** What is undefined was not said. */
export interface InputRecord {
  readonly topic?: string
  readonly partition?: number
  readonly timestampMs?: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

export interface ReadRecord {
  readonly record: InputRecord
  /** Position after it. */
  readonly end: number
}

type Draft = { -readonly [Name in keyof InputRecord]: InputRecord[Name] }

/**
 * @param isWhole the bytes are one record: what follows the last literal belongs to the last field
 * @returns undefined where bytes are missing at the end
 * @throws Error whose message goes on after "line 3 "
 */
export function readTokens(
  tokens: readonly Token[],
  bytes: Buffer,
  start: number,
  { isWhole }: { isWhole: boolean },
): ReadRecord | undefined {
  const record: Draft = { key: null, value: null, headers: [] }
  const sizes = new Map<string, number>()
  let at = start
  for (const [index, token] of tokens.entries()) {
    if (!isField(token)) {
      const { literal } = token
      const found = bytes.subarray(at, at + literal.length)
      if (!found.equals(literal.subarray(0, found.length)))
        throw new Error(`has ${quoted(found)} where the format says ${quoted(literal)}`)
      if (found.length < literal.length) return undefined
      at += literal.length
      continue
    }
    const size = sizes.get(token.letter)
    const end = size === undefined ? endOfField(tokens, index, bytes, at, isWhole) : at + Math.max(size, 0)
    if (end === undefined || end > bytes.length) {
      if (!isWhole) return undefined
      const next = tokens[index + 1] as { literal: Buffer }
      throw new Error(`has no ${quoted(next.literal)} after ${formatField(token)}`)
    }
    take(record, sizes, token, size === -1 ? null : bytes.subarray(at, end))
    at = end
  }
  return { record, end: at }
}

function endOfField(
  tokens: readonly Token[],
  index: number,
  bytes: Buffer,
  at: number,
  isWhole: boolean,
): number | undefined {
  const next = tokens[index + 1]
  if (next === undefined) return isWhole ? bytes.length : undefined
  if (isField(next)) return undefined
  const end = bytes.indexOf(next.literal, at)
  return end < 0 ? undefined : end
}

function take(record: Draft, sizes: Map<string, number>, field: Field, bytes: Buffer | null): void {
  const text = (): string => bytes?.toString() ?? ''
  switch (field.letter) {
    case 't':
      record.topic = text()
      break
    case 'p':
      record.partition = numberOf(field, text(), 0)
      break
    case 'T':
    case 'd':
      record.timestampMs = numberOf(field, text(), 0)
      break
    case 'K':
      sizes.set('k', numberOf(field, text(), -1))
      break
    case 'V':
      sizes.set('v', numberOf(field, text(), -1)).set('s', numberOf(field, text(), -1))
      break
    case 'k':
      record.key = decodeBytes(field, bytes)
      break
    case 'h':
      record.headers = text() === '' ? [] : text().split(',').map(parseHeader)
      break
    default:
      record.value = decodeBytes(field, bytes)
  }
}

function numberOf(field: Field, text: string, min: number): number {
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value) || value < min)
    throw new Error(`has ${quoted(Buffer.from(text))} for ${formatField(field)}, which is no such number`)
  return value
}

function decodeBytes(field: Field, bytes: Buffer | null): Buffer | null {
  const form = byteFormOf(field)
  if (bytes === null || form === undefined) return bytes
  const text = bytes.toString()
  if (form === 'json') {
    const value: unknown = parseJson(field, text)
    if (value === null) return null
    return Buffer.from(typeof value === 'string' ? value : text)
  }
  const decoded = Buffer.from(text, form)
  // Node leaves out what does not belong there.
  const isWhole =
    form === 'hex'
      ? decoded.length * 2 === text.length
      : decoded.toString('base64').replaceAll('=', '') === text.replaceAll('=', '')
  if (!isWhole) throw new Error(`has ${quoted(bytes)} for ${formatField(field)}`)
  return decoded
}

function parseJson(field: Field, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`has ${quoted(Buffer.from(text))} for ${formatField(field)}`, { cause: error })
  }
}

/** Short, and on one line. */
function quoted(bytes: Buffer): string {
  const text = bytes.subarray(0, 40).toString()
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  return `'${escaped}${bytes.length > 40 ? '..' : ''}'`
}
