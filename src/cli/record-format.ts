/**
 * Records as text: by a format in the habits of kcat and rpk, or as JSON. Pure.
 *
 *     %t topic   %p partition   %o offset   %T %d timestamp (ms)   %e leader epoch
 *     %k key     %K its bytes   %v %s value   %V %S its bytes      %h headers (a=b,c=d)   %H their number   %%
 */
import type { FetchedRecord } from '#client/fetched-records.ts'
import { unescape } from './escapes.ts'
import { UsageError } from './failure.ts'

export interface TopicRecord extends FetchedRecord {
  readonly topic: string
  readonly partition: number
}

export type RecordFormatter = (record: TopicRecord) => readonly (Buffer | string)[]

const fields: Readonly<Record<string, (record: TopicRecord) => Buffer | string>> = {
  t: ({ topic }) => topic,
  p: ({ partition }) => String(partition),
  o: ({ offset }) => String(offset),
  T: ({ timestampMs }) => String(timestampMs),
  d: ({ timestampMs }) => String(timestampMs),
  e: ({ leaderEpoch }) => String(leaderEpoch),
  k: ({ key }) => key ?? '',
  K: ({ key }) => String(key?.length ?? -1),
  v: ({ value }) => value ?? '',
  s: ({ value }) => value ?? '',
  V: ({ value }) => String(value?.length ?? -1),
  S: ({ value }) => String(value?.length ?? -1),
  h: ({ headers }) =>
    Buffer.from(headers.map(({ key, value }) => `${key}=${value?.toString() ?? 'NULL'}`).join(',')),
  H: ({ headers }) => String(headers.length),
  '%': () => '%',
}

/** Of `--format`; what is not %X or an escape is taken as it is. @throws UsageError */
export function compileFormat(format: string): RecordFormatter {
  const parts = [...format.matchAll(/%(.?)|[^%]+/gsu)].map(([text, letter]) => {
    if (letter === undefined) {
      const bytes = unescape(text)
      return () => bytes
    }
    const field = fields[letter]
    if (field === undefined) {
      throw new UsageError(`'%${letter}' is no field; there are %${Object.keys(fields).join(' %')}`)
    }
    return field
  })
  return record => parts.map(part => part(record))
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
