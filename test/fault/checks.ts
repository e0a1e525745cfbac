// Named checks, one after the other, each with a line of its own: `ok NAME (figures)`, `not ok NAME: why`, `skip NAME: why`.

/** What a check can fail with, told without a stack. */
export class CheckFailure extends Error {}

export function fail(why: string): never {
  throw new CheckFailure(why)
}

export function isTrue(condition: boolean, why: string): asserts condition {
  if (!condition) fail(why)
}

export class Checks {
  passed = 0
  failed = 0

  /** Runs `body`; what it returns are the figures that are printed with its name. */
  async check(name: string, body: () => Promise<string | undefined> | string | undefined): Promise<void> {
    const start = performance.now()
    try {
      const figures = await body()
      this.passed++
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      console.log(`  ok ${name} (${figures === undefined ? '' : `${figures}; `}${seconds} s)`)
    } catch (error) {
      this.failed++
      const why =
        error instanceof CheckFailure ? error.message : error instanceof Error ? error.stack : String(error)
      console.log(`  not ok ${name}: ${why}`)
    }
  }

  skip(name: string, why: string): void {
    console.log(`  skip ${name}: ${why}`)
  }
}

/** Resolves when `holds` gives true; asks again until `limitMs` have passed, and fails then. */
export async function eventually(
  what: string,
  limitMs: number,
  holds: () => Promise<boolean> | boolean,
  everyMs = 50,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > end) fail(`not within ${limitMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`
}
