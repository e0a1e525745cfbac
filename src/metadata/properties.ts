/**
 * Reads the text of a Java properties file, as `server.properties` is one: comments with # or !, keys and values
 * parted by =, : or space, lines that go on after a backslash, escapes. Pure.
 */

/** The last value of each key. A malformed \u escape stands for itself: a typing error must not lose a line. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const { key, rest } = splitKey(line)
    const value = rest.replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
    properties.set(unescape(key), unescape(value))
  }
  return properties
}

/** Joins lines that end in an odd number of backslashes with the next; drops blank lines and comments. */
function logicalLines(text: string): string[] {
  const lines: string[] = []
  let pending: string | undefined
  for (const natural of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (pending === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const whole: string = (pending ?? '') + line
    const slashes = /\\*$/.exec(line)?.[0].length ?? 0
    pending = slashes % 2 === 1 ? whole.slice(0, -1) : undefined
    if (pending === undefined) lines.push(whole)
  }
  if (pending !== undefined && pending !== '') lines.push(pending)
  return lines
}

/** A key ends at the first =, : or space that has no backslash before it. */
function splitKey(line: string): { key: string; rest: string } {
  const key = /^(?:\\.|[^\\=: \t\f])*/s.exec(line)?.[0] ?? ''
  return { key, rest: line.slice(key.length) }
}

const named: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescape(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|(.))/gs,
    (_, hex: string | undefined, char: string | undefined) =>
      hex === undefined ? (named[char!] ?? char!) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
