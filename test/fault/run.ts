// What must hold when things go wrong: `npm run test:fault -- [OPTION...]`.

import { parseArgs } from 'node:util'
import { Checks } from './checks.ts'
import { badInputChecks } from './bad-input.ts'
import { connectionChecks } from './connections.ts'
import { diskFullChecks } from './disk-full.ts'
import { killChecks } from './kill.ts'

const USAGE = `usage: npm run test:fault -- [OPTION...]
  --only NAME    run this part, may be repeated: PARTS
  --ci           a short form of all, three minutes at most
  --seed N       for what is random; printed by each run
  --rounds N     kills of the broker (10; with --ci 3)
  --keep         keep the data folder of a kill run that failed`

interface Options {
  readonly isShort: boolean
  readonly seed: number
  readonly rounds: number
  readonly keep: boolean
}

const parts: Readonly<Record<string, (checks: Checks, options: Options) => Promise<void>>> = {
  kill: killChecks,
  'disk-full': diskFullChecks,
  'bad-input': badInputChecks,
  connections: connectionChecks,
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      ci: { type: 'boolean', default: false },
      seed: { type: 'string' },
      rounds: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
  const rounds = Number(values.rounds ?? (values.ci ? 3 : 10))
  const unknown = values.only?.find(name => !(name in parts))
  if (values.help || unknown !== undefined || !Number.isInteger(seed) || !Number.isInteger(rounds)) {
    console.log(USAGE.replace('PARTS', Object.keys(parts).join(', ')))
    return values.help ? 0 : 2
  }
  const checks = new Checks()
  console.log(`seed ${seed}`)
  for (const [name, run] of Object.entries(parts)) {
    if (values.only !== undefined && !values.only.includes(name)) continue
    console.log(`\n${name}`)
    try {
      await run(checks, { isShort: values.ci, seed, rounds, keep: values.keep })
    } catch (error) {
      await checks.check(`${name} runs to its end`, () => Promise.reject(error))
    }
  }
  if (checks.failed > 0) console.log(`\nrepeat with: npm run test:fault -- --seed ${seed}`)
  console.log(`\n${checks.passed} passed, ${checks.failed} failed`)
  return checks.failed === 0 && checks.passed > 0 ? 0 : 1
}

process.exitCode = await main()
