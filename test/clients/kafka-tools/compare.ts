// Compares what a tool printed for the two brokers, line by line, but for declared differences. Pure.

import type { Difference } from './scenarios.ts'

/** @returns undefined where nothing differs but what is meant to, and that does; else what is wrong */
export function compare(
  expected: string,
  actual: string,
  differences: readonly Difference[],
): string | undefined {
  const { onlyExpected, onlyActual } = difference(expected.split('\n'), actual.split('\n'))
  const unmet = (lines: readonly string[], side: 'kafka' | 'odradek'): string[] =>
    lines.filter(line => !differences.some(each => each[side]?.test(line)))
  const missing = unmet(onlyExpected, 'kafka').map(line => `- ${line}`)
  const added = unmet(onlyActual, 'odradek').map(line => `+ ${line}`)
  if (missing.length + added.length > 0) return [...missing, ...added].join(' ⏎ ')
  const unseen = differences.find(
    ({ kafka, odradek }) =>
      (kafka !== undefined && !onlyExpected.some(line => kafka.test(line))) ||
      (odradek !== undefined && !onlyActual.some(line => odradek.test(line))),
  )
  return unseen === undefined ? undefined : `is no longer different, though: ${unseen.reason}`
}

/** By a longest common subsequence: also the order counts. */
function difference(
  expected: readonly string[],
  actual: readonly string[],
): { readonly onlyExpected: string[]; readonly onlyActual: string[] } {
  const lengths = Array.from({ length: expected.length + 1 }, () => new Uint16Array(actual.length + 1))
  for (let i = expected.length - 1; i >= 0; i--)
    for (let j = actual.length - 1; j >= 0; j--)
      lengths[i]![j] =
        expected[i] === actual[j]
          ? lengths[i + 1]![j + 1]! + 1
          : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
  const onlyExpected: string[] = []
  const onlyActual: string[] = []
  let i = 0
  let j = 0
  while (i < expected.length || j < actual.length) {
    if (i < expected.length && j < actual.length && expected[i] === actual[j]) {
      i++
      j++
    } else if (j === actual.length || (i < expected.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!))
      onlyExpected.push(expected[i++]!)
    else onlyActual.push(actual[j++]!)
  }
  return { onlyExpected, onlyActual }
}
