/**
 * npm run vectors -- FILE...
 *
 * Checks files of golden vectors, plain or gzipped, one JSON object a line. What a line is about is told by its
 * fields, not by the file's name. Prints each failure, then the count; the exit code is 1 where something failed.
 */
import { checkConsumerProtocol } from './vectors/consumer-protocol.ts'
import { readLines } from './vectors/lines.ts'
import { checkMessages } from './vectors/messages.ts'
import { checkPartitioner } from './vectors/partitioner.ts'
import { checkPrimitives } from './vectors/primitives.ts'
import { checkProduce } from './vectors/produce.ts'
import { checkRecords } from './vectors/records.ts'
import { Tally, type Vector, type VectorCheck } from './vectors/tally.ts'

interface Format {
  readonly name: string
  matches(vector: Vector): boolean
  /** undefined: what these vectors are about is not there yet, they are skipped. */
  readonly check?: VectorCheck
}

const formats: readonly Format[] = [
  {
    name: 'messages',
    matches: v => 'name' in v && 'v' in v && 'json' in v && 'b' in v,
    check: checkMessages,
  },
  { name: 'records', matches: v => 'id' in v && 'kind' in v && 'batches' in v, check: checkRecords },
  { name: 'produce', matches: v => 'id' in v && ('plain' in v || 'compacted' in v), check: checkProduce },
  {
    name: 'partitioner',
    matches: v => 'partition' in v && ('key' in v || 'id' in v),
    check: checkPartitioner,
  },
  {
    name: 'consumer-protocol',
    matches: v => v.type === 'subscription' || v.type === 'assignment',
    check: checkConsumerProtocol,
  },
  {
    name: 'primitives',
    matches: v => ['varint', 'varlong', 'uvarint', 'crc'].includes(v.type),
    check: checkPrimitives,
  },
  { name: 'scram', matches: v => 'mechanism' in v },
  { name: 'assignors', matches: v => 'assignor' in v },
]

/**
 * Checks one file. Lines of several formats may be mixed.
 * @param paths all files of the call: what a line refers to may be in another of them
 */
export async function checkFile(
  path: string,
  tally: Tally,
  paths: readonly string[] = [path],
): Promise<void> {
  const byFormat = new Map<Format, Vector[]>()
  readLines(path).forEach((line, index) => {
    if (line.trim() === '') return
    const id = `${path}:${index + 1}`
    let vector: unknown
    try {
      vector = JSON.parse(line)
    } catch (error) {
      tally.fail(id, error)
      return
    }
    const format = isObject(vector) ? formats.find(each => each.matches(vector)) : undefined
    if (format === undefined) tally.fail(id, 'no known format')
    else if (byFormat.has(format)) byFormat.get(format)!.push(vector as Vector)
    else byFormat.set(format, [vector as Vector])
  })
  for (const [format, vectors] of byFormat) {
    if (format.check === undefined) tally.skipped += vectors.length
    else await format.check(vectors, tally, paths)
  }
}

function isObject(value: unknown): value is Vector {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function main(paths: readonly string[]): Promise<number> {
  if (paths.length === 0) {
    console.error('usage: npm run vectors -- FILE...')
    return 2
  }
  const tally = new Tally(line => console.log(line))
  for (const path of paths) {
    try {
      await checkFile(path, tally, paths)
    } catch (error) {
      tally.fail(path, error)
    }
  }
  console.log(tally.summary)
  return tally.failed > 0 ? 1 : 0
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
