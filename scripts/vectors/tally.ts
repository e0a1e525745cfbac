/** What a check of vectors is given and what it reports. */

/** One line of a vector file. Which fields it has depends on its format. */
export type Vector = Record<string, any>

export class Tally {
  passed = 0
  failed = 0
  skipped = 0
  readonly #print: (line: string) => void

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  fail(id: string, problem: unknown): void {
    this.failed++
    this.#print(`FAILED ${id}: ${problem instanceof Error ? problem.message : String(problem)}`)
  }

  /** Runs the check of one vector; it fails by throwing. */
  run(id: string, check: () => void): void {
    try {
      check()
      this.passed++
    } catch (error) {
      this.fail(id, error)
    }
  }

  get summary(): string {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`
  }
}

/**
 * Checks all vectors of one format that a file has, in their order, and counts each of them once.
 * @param paths the files of the call, for a format that needs another file beside its own
 */
export type VectorCheck = (
  vectors: readonly Vector[],
  tally: Tally,
  paths: readonly string[],
) => void | Promise<void>

/** Throws where two values differ, and shows both in short. */
export function expectSame(what: string, actual: string, expected: string): void {
  if (actual === expected) return
  let at = 0
  while (actual[at] === expected[at]) at++
  const around = (text: string): string => text.slice(Math.max(0, at - 20), at + 60)
  throw new Error(`${what} differs at ${at}: got ...${around(actual)}, expected ...${around(expected)}`)
}
