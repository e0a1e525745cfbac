/**
 * Format strings, in the habits of kcat and rpk: text, escapes, and fields such as %k or %v{hex}. The same grammar for
 * what is printed and what is read. Pure.
 */
import { unescape } from './escapes.ts'
import { UsageError } from './failure.ts'

export type Token = { readonly literal: Buffer } | Field

export interface Field {
  /** The letter after the percent sign. */
  readonly letter: string
  /** What stands in braces behind it; may have braces itself, in pairs. */
  readonly modifier: string | undefined
}

/**
 * @returns literals and fields in turn; no two literals follow each other
 * @throws UsageError for a percent sign without a letter, and braces that are not closed
 */
export function parseTemplate(text: string): Token[] {
  const tokens: Token[] = []
  let literal = ''
  const endLiteral = (): void => {
    if (literal !== '') tokens.push({ literal: unescape(literal) })
    literal = ''
  }
  for (let at = 0; at < text.length;) {
    if (text[at] !== '%') {
      literal += text[at++]
      continue
    }
    const letter = text[at + 1]
    if (letter === undefined) throw new UsageError("'%' at the end of a format; %% is a percent sign")
    at += 2
    if (letter === '%') {
      literal += '%'
      continue
    }
    endLiteral()
    const modifier = text[at] === '{' ? bracedText(text, at) : undefined
    if (modifier !== undefined) at += modifier.length + 2
    tokens.push({ letter, modifier })
  }
  endLiteral()
  return tokens
}

/** What stands between the brace at `start` and the one that closes it. */
function bracedText(text: string, start: number): string {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return text.slice(start + 1, at)
  }
  throw new UsageError(`'${text.slice(start)}' is not closed; a brace that is none of a field is \\x7b`)
}

/** As it was written, for messages. */
export function formatField({ letter, modifier }: Field): string {
  return modifier === undefined ? `%${letter}` : `%${letter}{${modifier}}`
}

export function isField(token: Token): token is Field {
  return 'letter' in token
}

/** The forms of bytes that a modifier names; without one they are as they are. */
export const byteForms = ['hex', 'base64', 'json'] as const
export type ByteForm = (typeof byteForms)[number]

/** @throws UsageError */
export function byteFormOf(field: Field): ByteForm | undefined {
  const { modifier } = field
  if (modifier === undefined) return undefined
  const form = byteForms.find(each => each === modifier)
  if (form !== undefined) return form
  throw new UsageError(`'${formatField(field)}': the forms of bytes are ${byteForms.join(', ')}`)
}

/** @throws UsageError when the field has a modifier */
export function withoutModifier(field: Field): void {
  if (field.modifier === undefined) return
  const letter = `%${field.letter}`
  throw new UsageError(`'${formatField(field)}': ${letter} has no forms; a brace after it is \\x7b`)
}
