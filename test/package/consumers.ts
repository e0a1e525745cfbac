// Programs that use the installed package, and the settings under which their types are checked.

import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../fault/checks.ts'
import { type Installation, root } from './installation.ts'

/** Starts brokers in its own process, in memory and on a folder, and lets the command line write to them and read. */
export const embeddingProgram = `
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { Broker, ConfigError, StorageError } from 'odradek'

const lines = Array.from({ length: 40_000 }, (_, index) => \`\${index} \${(index * 2654435761) % 4294967296}\`)
const input = lines.join('\\n') + '\\n'

async function odradek(args, input = '') {
  const child = spawn('node_modules/.bin/odradek', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(input)
  let output = ''
  for await (const text of child.stdout.setEncoding('utf8')) output += text
  if (child.exitCode !== 0 && child.exitCode !== null) throw new Error(args.join(' ') + ' failed')
  return output
}

for (const storage of ['memory', { folder: 'embedded-data' }]) {
  const problems = []
  const warn = (message, fields) => problems.push(message + JSON.stringify(fields ?? {}))
  const logger = { debug() {}, info() {}, warn, error: warn }
  const broker = await Broker.start({ storage, logger, set: { 'num.partitions': '1' } })
  const at = ['-b', broker.bootstrapServers]
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    await odradek(['topics', 'create', codec, ...at])
    await odradek(['produce', codec, '-z', codec, ...at], input)
    const back = await odradek(['consume', codec, '-e', ...at])
    if (back !== input) throw new Error(codec + ': ' + back.length + ' of ' + input.length + ' bytes came back')
  }
  await broker.close()
  if (problems.length > 0) throw new Error(problems.join('; '))
}

const again = await Broker.start({ storage: { folder: 'embedded-data' } })
const back = await odradek(['consume', 'zstd', '-e', '-b', again.bootstrapServers])
if (back !== input) throw new Error('not the same after a restart')
const locked = await Broker.start({ storage: { folder: 'embedded-data' } }).catch(error => error)
if (!(locked instanceof StorageError)) throw new Error('a folder can be used twice')
const wrong = await Broker.start({ set: { nonsense: '1' } }).catch(error => error)
if (!(wrong instanceof ConfigError)) throw new Error('a config that does not exist is taken')
await again[Symbol.asyncDispose]()

const required = createRequire(import.meta.url)('odradek')
if (required.Broker !== Broker) throw new Error('require() gives another Broker')
console.log('done')
`

/** Each of its errors is one that must be found: else everything could be of type any. */
const typedProgram = `
import { Broker, type BrokerOptions, ConfigError, type LogFields, type Logger, StorageError } from 'odradek'

const logger: Logger = {
  debug(message: string, fields?: LogFields) {},
  info(message) {},
  warn(message) {},
  error(message) {},
}
const options: BrokerOptions = { storage: { folder: 'data' }, listen: '127.0.0.1:0', set: { a: 'b' }, logger }

export async function use(): Promise<string> {
  try {
    await using broker = await Broker.start(options)
    const count: number = broker.connectionCount
    // @ts-expect-error -- a number is no string
    const text: string = broker.connectionCount
    return broker.bootstrapServers + count + text
  } catch (error) {
    if (error instanceof ConfigError) return error.key
    if (error instanceof StorageError) return error.code ?? error.message
    throw error
  }
}

// @ts-expect-error -- there is no such storage
void Broker.start({ storage: 'paper' })
// @ts-expect-error -- a broker is started, not constructed
new Broker()
`

export interface TypeCheck {
  readonly moduleResolution: 'nodenext' | 'bundler'
  readonly withNodeTypes: boolean
}

export function addNodeTypes(installation: Installation): void {
  symlinkSync(join(root, 'node_modules/@types'), join(installation.folder, 'node_modules/@types'))
}

/** Checks the types of a program against the installed declarations, themselves included. */
export function checkTypes(installation: Installation, check: TypeCheck): undefined {
  const { moduleResolution, withNodeTypes } = check
  const config = {
    compilerOptions: {
      target: 'es2022',
      // 'await using' is the consumer's own; what the declarations need they must bring along.
      lib: ['es2022', 'esnext.disposable'],
      module: moduleResolution === 'nodenext' ? 'nodenext' : 'preserve',
      moduleResolution,
      types: withNodeTypes ? ['node'] : [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: ['typed.ts'],
  }
  installation.write('typed.ts', typedProgram)
  runCompiler(installation, config)
  // The declarations alone, with the least that they can be read with.
  installation.write('bare.ts', `export { Broker, ConfigError, StorageError } from 'odradek'\n`)
  const bare = { ...config.compilerOptions, lib: ['es2022'] }
  runCompiler(installation, { compilerOptions: bare, files: ['bare.ts'] })
}

function runCompiler(installation: Installation, config: object): void {
  installation.write('tsconfig.json', JSON.stringify(config))
  try {
    execFileSync(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', installation.folder],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
  } catch (error) {
    fail((error as { stdout: string }).stdout)
  }
}
