// Kafka Connect and MirrorMaker 2, unmodified, with the broker: `npm run test:connect -- [OPTION...]`.

import { parseArgs } from 'node:util'
import { Checks } from '../fault/checks.ts'
import { distributedChecks } from './distributed.ts'
import { installConnect } from './java-process.ts'
import { mirrorChecks } from './mirror.ts'
import { standaloneChecks } from './standalone.ts'

const USAGE = `usage: npm run test:connect -- [OPTION...]
  --only NAME        run this part, may be repeated: PARTS
  --ci               a short form of all
  --kafka HOST:PORT  the Apache Kafka that mirror copies from and to (else one is installed and started)
  --seed N           for what is random; printed by each run`

export interface Options {
  readonly isShort: boolean
  /** HOST:PORT; undefined: one of our own */
  readonly kafka: string | undefined
  readonly seed: number
}

const parts: Readonly<Record<string, (checks: Checks, options: Options) => Promise<void>>> = {
  standalone: standaloneChecks,
  distributed: distributedChecks,
  mirror: mirrorChecks,
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      ci: { type: 'boolean', default: false },
      kafka: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
  const unknown = values.only?.find(name => !(name in parts))
  if (values.help || unknown !== undefined || !Number.isInteger(seed)) {
    console.log(USAGE.replace('PARTS', Object.keys(parts).join(', ')))
    return values.help ? 0 : 2
  }
  await installConnect()
  const checks = new Checks()
  console.log(`seed ${seed}`)
  for (const [name, run] of Object.entries(parts)) {
    if (values.only !== undefined && !values.only.includes(name)) continue
    const start = performance.now()
    console.log(`\n${name}`)
    try {
      await run(checks, { isShort: values.ci, kafka: values.kafka, seed })
    } catch (error) {
      await checks.check(`${name} runs to its end`, () => Promise.reject(error))
    }
    console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`)
  }
  console.log(`\n${checks.passed} passed, ${checks.failed} failed`)
  return checks.failed === 0 && checks.passed > 0 ? 0 : 1
}

process.exitCode = await main()
