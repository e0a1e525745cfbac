/**
 * Records as text: by a format in the habits of kcat and rpk, or as JSON. Pure.
 *
 *     %t topic   %p partition   %o offset   %T %d timestamp (ms), %T{iso}   %e leader epoch
 *     %k key     %K its bytes   %v %s value   %V %S its bytes   %k{hex} %k{base64} %k{json}, and %v so
 *     %h headers (a=b,c=d), %h{%k: %v; } each of them so        %H their number   %%
 */
import type { FetchedRecord } from '#client/fetched-records.ts'
import type { RecordHeader } from '#protocol/records.ts'
import { UsageError } from './failure.ts'
import {
  type ByteForm,
  byteFormOf,
  type Field,
  formatField,
  isField,
  parseTemplate,
  withoutModifier,
} from './template.ts'

export interface TopicRecord extends FetchedRecord {
  readonly topic: string
  readonly partition: number
}

type Piece = Buffer | string
type Part<Value> = (value: Value) => Piece

export type RecordFormatter = (record: TopicRecord) => readonly Piece[]

const numbersAndNames: Readonly<Record<string, Part<TopicRecord>>> = {
  t: ({ topic }) => topic,
  p: ({ partition }) => String(partition),
  o: ({ offset }) => String(offset),
  e: ({ leaderEpoch }) => String(leaderEpoch),
  K: ({ key }) => String(key?.length ?? -1),
  V: ({ value }) => String(value?.length ?? -1),
  S: ({ value }) => String(value?.length ?? -1),
  H: ({ headers }) => String(headers.length),
}

const letters = [...Object.keys(numbersAndNames), 'T', 'd', 'k', 'v', 's', 'h', '%']

/** Of `--format`. @throws UsageError */
export function compileFormat(format: string): RecordFormatter {
  const parts = compile(format, recordPart)
  return record => parts.map(part => part(record))
}

function compile<Value>(format: string, partOf: (field: Field) => Part<Value>): Part<Value>[] {
  return parseTemplate(format).map(token => (isField(token) ? partOf(token) : () => token.literal))
}

function recordPart(field: Field): Part<TopicRecord> {
  switch (field.letter) {
    case 'T':
    case 'd':
      return timestampPart(field)
    case 'k':
      return bytesPart(field, ({ key }) => key)
    case 'v':
    case 's':
      return bytesPart(field, ({ value }) => value)
    case 'h':
      return headersPart(field)
    default: {
      const part = numbersAndNames[field.letter]
      if (part === undefined)
        throw new UsageError(`'%${field.letter}' is no field; there are %${letters.join(' %')}`)
      withoutModifier(field)
      return part
    }
  }
}

function timestampPart(field: Field): Part<TopicRecord> {
  if (field.modifier === undefined) return ({ timestampMs }) => String(timestampMs)
  if (field.modifier !== 'iso')
    throw new UsageError(`'${formatField(field)}': a timestamp is milliseconds, or iso`)
  return ({ timestampMs }) => isoTime(timestampMs)
}

/** What no calendar has is given as the number that it is. */
export function isoTime(timestampMs: number | bigint): string {
  const date = new Date(Number(timestampMs))
  return timestampMs < 0 || Number.isNaN(date.getTime()) ? String(timestampMs) : date.toISOString()
}

function bytesPart<Value>(field: Field, bytesOf: (value: Value) => Buffer | null): Part<Value> {
  const form = byteFormOf(field)
  return value => formatBytes(bytesOf(value), form)
}

function formatBytes(bytes: Buffer | null, form: ByteForm | undefined): Piece {
  if (form === 'json') return bytes === null ? 'null' : JSON.stringify(bytes.toString())
  if (bytes === null) return ''
  return form === undefined ? bytes : bytes.toString(form)
}

function headersPart(field: Field): Part<TopicRecord> {
  if (field.modifier === undefined)
    return ({ headers }) =>
      Buffer.from(headers.map(({ key, value }) => `${key}=${value?.toString() ?? 'NULL'}`).join(','))
  const parts = compile<RecordHeader>(field.modifier, inner => {
    if (inner.letter === 'v') return bytesPart(inner, ({ value }) => value)
    if (inner.letter === 'k') return bytesPart(inner, ({ key }) => Buffer.from(key))
    throw new UsageError(`'${formatField(field)}': a header has %k and %v`)
  })
  return ({ headers }) =>
    Buffer.concat(headers.flatMap(header => parts.map(part => Buffer.from(part(header) as Buffer))))
}

/** One JSON object a line. Bytes that are not UTF-8 are given as base64, under another name. */
export const formatJson: RecordFormatter = ({
  topic,
  partition,
  offset,
  timestampMs,
  key,
  value,
  headers,
}) => {
  const object = {
    topic,
    partition,
    offset,
    timestamp: timestampMs,
    ...bytesAsJson('key', key),
    ...bytesAsJson('value', value),
    headers: headers.map(header => ({ key: header.key, ...bytesAsJson('value', header.value) })),
  }
  return [`${JSON.stringify(object)}\n`]
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** `{ name }` with text or null, or `{ nameBase64 }` where the bytes are no UTF-8. */
export function bytesAsJson(name: string, bytes: Buffer | null): Record<string, string | null> {
  if (bytes === null) return { [name]: null }
  try {
    return { [name]: utf8.decode(bytes) }
  } catch {
    return { [`${name}Base64`]: bytes.toString('base64') }
  }
}
