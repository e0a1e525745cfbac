/**
 * The answer to a shell, as its script expects it: a line that says of what kind it is (words, files, folders), then a
 * line for each word. Nothing at all where nothing is known in time: who types must not wait, nor be told of errors.
 */
import { SystemClock } from '#base/clock.ts'
import type { CommandEntry } from '../commands.ts'
import { programFor } from '../program.ts'
import type { Candidate } from './candidate.ts'
import { candidatesAt } from './candidates.ts'
import { quoteForBash, splitCommandLine } from './command-line.ts'
import type { Shell } from './scripts.ts'
import { findSpot } from './spot.ts'

/** For all, also for brokers that do not answer. */
const patienceMs = 1000

/**
 * @param asked of bash: the line up to the cursor, and COMP_WORDBREAKS; of the others: the words without the program's
 *   name, the last of them up to the cursor
 */
export async function answerShell(
  entries: readonly CommandEntry[],
  shell: Shell,
  asked: readonly string[],
): Promise<string> {
  const late = new SystemClock().sleep(patienceMs).then(() => '')
  const answer = shell === 'bash' ? answerBash(entries, asked) : answerWords(entries, shell, asked)
  return Promise.race([answer.catch(() => ''), late])
}

async function answerBash(
  entries: readonly CommandEntry[],
  [text = '', breaks = '']: readonly string[],
): Promise<string> {
  const { words, openQuote, keptCharacters } = splitCommandLine(text, breaks)
  return answerOf(entries, words.slice(1), ({ value, goesOn }) => {
    const rest = value.slice(keptCharacters)
    // Inside quotes readline itself ends the word.
    return openQuote === '' ? `${quoteForBash(rest)}${goesOn ? '' : ' '}` : rest
  })
}

function answerWords(
  entries: readonly CommandEntry[],
  shell: Shell,
  words: readonly string[],
): Promise<string> {
  return answerOf(entries, words, ({ value, description = '', goesOn }) => {
    const mark = shell === 'zsh' ? (goesOn ? '+|' : '|') : ''
    return `${mark}${value}\t${description}`
  })
}

async function answerOf(
  entries: readonly CommandEntry[],
  words: readonly string[],
  format: (candidate: Candidate) => string,
): Promise<string> {
  const program = await programFor(entries, words)
  const answer = await candidatesAt(findSpot(program, words), words.at(-1) ?? '')
  if (answer.kind !== 'words') return `${answer.kind}\n`
  // A name with a line break in it would be two.
  const candidates = answer.candidates.filter(({ value }) => !/[\n\r\t]/.test(value))
  return ['words', ...candidates.map(format), ''].join('\n')
}
