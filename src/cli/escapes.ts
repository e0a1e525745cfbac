/** Backslash escapes in delimiters and formats, as in kcat: \n \t \r \0 \\ and \xHH. Pure. */
import { UsageError } from './failure.ts'

const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\' }

/**
 * @returns bytes, because \xHH is one byte, whatever it means
 * @throws UsageError
 */
export function unescape(text: string): Buffer {
  const pieces: Buffer[] = []
  for (const [piece] of text.matchAll(/\\x[0-9a-fA-F]{2}|\\.|[^\\]+|\\$/gsu)) {
    if (!piece.startsWith('\\')) pieces.push(Buffer.from(piece))
    else if (piece.startsWith('\\x') && piece.length === 4) pieces.push(Buffer.from(piece.slice(2), 'hex'))
    else {
      const meant = simple[piece.slice(1)]
      if (meant === undefined)
        throw new UsageError(`'${piece}' is no escape; there are \\n \\t \\r \\0 \\\\ \\xHH`)
      pieces.push(Buffer.from(meant))
    }
  }
  return Buffer.concat(pieces)
}
