/**
 * Where results go: stdout, as fast as its reader takes them. When the reader is gone (`odradek consume t | head`) that
 * is an end like another, not an error. Everything that is no result goes to stderr.
 */
import { once } from 'node:events'

const gone = new AbortController()

/** Aborted when nobody reads stdout any more. */
export const outputGone: AbortSignal = gone.signal

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  gone.abort()
})
// Where nobody reads stderr there is nobody to tell.
process.stderr.on('error', () => {})

/** Resolves when there is room for more, or nobody reads any more. */
export async function print(text: string | Uint8Array): Promise<void> {
  if (gone.signal.aborted || process.stdout.write(text)) return
  await unlessAborted(once(process.stdout, 'drain'), gone.signal)
}

/** One document on one line. */
export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value)}\n`)
}

let status: string | undefined
/** Back to the first column, and the rest of the line away. */
const clearLine = '\r\x1B[K'

/** For the user, not for the next program in the pipe. */
export function say(text: string): void {
  if (status === undefined) process.stderr.write(`odradek: ${text}\n`)
  else process.stderr.write(`${clearLine}odradek: ${text}\n${status}`)
}

/** The last line of the terminal, which changes in place. undefined: none. */
export function setStatus(text: string | undefined): void {
  if (text === undefined && status === undefined) return
  status = text
  process.stderr.write(`${clearLine}${text ?? ''}`)
}

/**
 * Waits for `work`, or until `signal` is aborted: then the answer is undefined, and what becomes of the work is nobody's
 * business. Leaves nothing behind on the signal, which outlives many such waits.
 */
export function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(undefined)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}
