/**
 * One step of the format of odradek.sqlite. A step that a release has shipped is never edited: a change of
 * the format is a new file with the next number, added to index.ts.
 */
export interface Migration {
  /** `PRAGMA user_version` when the step is done: 1 for the first, one more for each. */
  readonly version: number
  /** Statements of the step. They run in one transaction together with the new version number. */
  readonly sql: string
}
