/** Headers on the command line and in formats. Pure. */
import type { RecordHeader } from '#protocol/records.ts'

/** NAME=VALUE, or NAME for a header without a value. */
export function parseHeader(text: string): RecordHeader {
  const equals = text.indexOf('=')
  if (equals < 0) return { key: text, value: null }
  return { key: text.slice(0, equals), value: Buffer.from(text.slice(equals + 1)) }
}
