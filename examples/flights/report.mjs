// What the services counted: read, printed, and compared with the file.
import { readdirSync, readFileSync } from 'node:fs'

/** What a service counted, all partitions together. */
export function totals(folder) {
  const files = readdirSync(folder).filter(file => file.endsWith('.json'))
  return new Map(
    files.flatMap(file => Object.entries(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')).airports)),
  )
}

/** @returns how many airports differ */
export function compare(what, counted, expected, fields) {
  const differing = [...new Set([...counted.keys(), ...expected.keys()])].filter(airport =>
    fields.some(field => (counted.get(airport)?.[field] ?? 0) !== (expected.get(airport)?.[field] ?? 0)),
  )
  const verdict = differing.length === 0 ? `equal to the file at all ${expected.size} airports` : 'DIFFERENT'
  console.log(`check               ${what}: ${verdict}`)
  for (const airport of differing.slice(0, 10))
    console.log('  ', airport, 'counted', counted.get(airport), 'in the file', expected.get(airport))
  return differing.length
}

export function print(delays, connections) {
  const enough = Math.max(...[...delays.values()].map(({ arrivals }) => arrivals)) / 10
  const top = [...delays]
    .filter(([, { arrivals }]) => arrivals >= enough)
    .map(([airport, { arrivals, delay }]) => ({ airport, arrivals, mean: delay / arrivals }))
    .sort((a, b) => b.mean - a.mean)
    .slice(0, 8)
  console.log('\n  airport  arrivals  mean delay   connections missed')
  for (const { airport, arrivals, mean } of top) {
    const { made = 0, missed = 0 } = connections.get(airport) ?? {}
    console.log(
      `  ${airport.padEnd(7)}${String(arrivals).padStart(10)}${mean.toFixed(1).padStart(8)} min` +
        `${String(missed).padStart(9)} of ${made + missed}`,
    )
  }
  let made = 0
  let missed = 0
  for (const airport of connections.values()) {
    made += airport.made
    missed += airport.missed
  }
  const share = ((100 * missed) / Math.max(made + missed, 1)).toFixed(1)
  console.log(`\n  missed connections: ${missed} of ${made + missed} (${share} %)\n`)
}
