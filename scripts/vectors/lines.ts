/** Files of JSON lines, plain or gzipped. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Strings in the lines hold U+2028 and the like, so that only "\n" ends a line. */
export function readLines(path: string): string[] {
  const bytes = readFileSync(path)
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  return (isGzip ? gunzipSync(bytes) : bytes).toString('utf8').split('\n')
}
