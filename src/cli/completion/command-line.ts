/**
 * A command line as bash hands it over: one text up to the cursor, with quotes as they were typed. Bash's own words are
 * of no use: it cuts them at ':' and '='. Pure.
 */

export interface CommandLine {
  /** Without their quotes; the last one is the word at the cursor, '' where it is not begun. */
  readonly words: readonly string[]
  /** Which quote the last word is in. */
  readonly openQuote: '' | '"' | "'"
  /** How much of the last word bash leaves in place: up to here it is a word of its own for bash. */
  readonly keptCharacters: number
}

/** @param breaks COMP_WORDBREAKS */
export function splitCommandLine(text: string, breaks: string): CommandLine {
  let words: string[] = []
  let word: string | undefined
  let quote: CommandLine['openQuote'] = ''
  let kept = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (quote === "'" || (quote === '"' && character !== '\\')) {
      if (character === quote) quote = ''
      else word += character
    } else if (character === '\\') {
      word = (word ?? '') + (text[++at] ?? '')
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
      kept = word.length
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
      kept = 0
    } else if (/[;|&(]/.test(character)) {
      // Another command begins.
      words = []
      word = undefined
      kept = 0
    } else {
      word = (word ?? '') + character
      if (breaks.includes(character)) kept = word.length
    }
  }
  return { words: [...words, word ?? ''], openQuote: quote, keptCharacters: kept }
}

/** So that bash takes it for one word. */
export function quoteForBash(text: string): string {
  return text.replaceAll(/[^\w.,:=@%+/-]/g, character => `\\${character}`)
}
