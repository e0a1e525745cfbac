// Named checks of a client written for Node, one after the other, each within a time limit. Prints the lines that the
// runner reads: `ok NAME`, `not ok NAME: why`, `skip NAME: why`, and at the end `N passed, N failed`.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** True for a short run: fewer records, the same checks. */
export const quick = process.env['QUICK'] === '1'

/** HOST:PORT of the broker under test. */
export const bootstrap = process.env['BOOTSTRAP'] ?? '127.0.0.1:9092'

const CHECK_LIMIT_MS = 30_000
const WAIT_LIMIT_MS = 15_000
/** Characters of an error's text that are shown: some clients repeat a cause for each try. */
const MESSAGE_LIMIT = 400

let passed = 0
let failed = 0

/** Runs one check; it fails by throwing, or by taking more than 30 s. A failed check never stops those that follow. */
export async function check(name: string, body: () => Promise<void>): Promise<void> {
  const limit = new AbortController()
  try {
    const expired = sleep(CHECK_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
      throw new Error(`no result within ${CHECK_LIMIT_MS / 1000} s`)
    })
    await Promise.race([body(), expired.catch(rethrowUnlessAborted)])
    passed++
    console.log(`ok ${name}`)
  } catch (error) {
    failed++
    console.log(`not ok ${name}: ${describe(error)}`)
  } finally {
    limit.abort()
  }
}

export function skip(name: string, why: string): void {
  console.log(`skip ${name}: ${why}`)
}

/** Prints the closing line and ends the process: a client may hold timers or sockets open. */
export function finish(): never {
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed === 0 ? 0 : 1)
}

/** Asks every 20 ms, for 15 s at most, until the answer is true. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_LIMIT_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${WAIT_LIMIT_MS / 1000} s: ${what}`)
    await sleep(20)
  }
}

/**
 * Demands that `call` fails, and that some error in the chain of causes that it fails with names `code`: as a Kafka error
 * name in `type`, `apiId` or `code`, or in the message.
 */
export async function fails(code: string, call: () => Promise<unknown>): Promise<void> {
  let thrown: unknown
  try {
    await call()
  } catch (error) {
    thrown = error
  }
  assert.ok(thrown !== undefined, `expected ${code}, but the call succeeded`)
  const names = errorNames(thrown)
  assert.ok(
    names.some(name => name.includes(code)),
    `expected ${code}, got ${names.join(', ')}`,
  )
}

/** All names and messages in an error, its causes and the errors it bundles (kafkajs: by partition or by group). */
function errorNames(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)]
  const fields = error as Error &
    Record<'type' | 'apiId' | 'code' | 'errors' | 'partitions' | 'groups' | 'error', unknown>
  const own = [fields.type, fields.apiId, fields.code, error.message]
    .filter(name => name !== undefined)
    .map(String)
  const bundled = [fields.errors, fields.partitions, fields.groups].filter(Array.isArray).flat()
  const inner = bundled.map((each: unknown) =>
    each instanceof Error ? each : (each as { error?: unknown }).error,
  )
  return [...own, ...[...inner, error.cause].filter(each => each instanceof Error).flatMap(errorNames)]
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const at = (error.stack ?? '').split('\n').find(line => /test\/clients\/(?!shared\/checks)/.test(line))
  return `${errorNames(error).join(', ').slice(0, MESSAGE_LIMIT)} ${at?.trim() ?? ''}`.replaceAll(/\s+/g, ' ')
}

function rethrowUnlessAborted(error: Error): void {
  if (error.name !== 'AbortError') throw error
}
