/** What is proposed, and how it is come by. */
import type { Line } from './spot.ts'

export interface Candidate {
  /** What the word, or the part of it that is completed, becomes. */
  readonly value: string
  readonly description?: string
  /** The word goes on: 'retention.ms='. */
  readonly goesOn?: true
}

/** @param word what there is of the value */
export type Completer = (line: Line, word: string) => Promise<readonly Candidate[]>
