// Lets Kafka's own DumpLogSegments judge a data folder: every segment's log with deep iteration, its offset and time index
// against the log and by their own sanity check, and every producer snapshot.
//
//   node test/clients/kafka-tools/dump.ts [--allow-gaps] FOLDER
//
// exits with 0 where it finds no fault, 1 where it does, 2 where it cannot tell. For files at rest: not while a broker runs,
// for the tool opens indexes for writing.

import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FaultReader } from './faults.ts'
import type { Fault } from './faults.ts'
import { installKafkaTools, runKafkaTool } from './kafka-tools.ts'

export interface Dumped {
  readonly faults: readonly Fault[]
  readonly files: number
  readonly batches: number
}

/** So many files in one run of the tool, that their names fit in one argument. */
const FILES_PER_RUN = 300

/** Bytes of an entry, by the kind of index. */
const ENTRY_BYTES: Readonly<Record<string, number>> = { index: 8, timeindex: 12, txnindex: 34 }

/**
 * Reads all segment files below `folder`. `allowGaps`: offsets missing within a log are no fault, as in compacted topics.
 * Throws where the tools cannot be installed or the folder cannot be read.
 */
export async function dumpLogSegments(
  folder: string,
  options: { allowGaps?: boolean } = {},
): Promise<Dumped> {
  await installKafkaTools()
  const files = await segmentFiles(folder)
  const halves = await halfEntries(files)
  const reader = new FaultReader({ allowGaps: options.allowGaps ?? false })
  await dumpAll(files, ['--deep-iteration'], reader)
  const batches = reader.batchCount
  await dumpAll(files.filter(isIndex), ['--index-sanity-check'], reader)
  return { faults: [...halves, ...reader.faults], files: files.length, batches }
}

/** Files of live segments: those being deleted, cleaned or swapped have a further suffix. */
async function segmentFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(each => each.isFile() && /^\d{20}\.(log|index|timeindex|txnindex|snapshot)$/.test(each.name))
    .filter(each => !/[-.]delete[d]?(\/|$)/.test(each.parentPath))
    .map(each => resolve(each.parentPath, each.name))
    .toSorted((a, b) => a.localeCompare(b))
}

function isIndex(file: string): boolean {
  return /\.(index|timeindex)$/.test(file)
}

/** Where the tool dies at a file, it goes on with the file after it. */
async function dumpAll(
  files: readonly string[],
  mode: readonly string[],
  reader: FaultReader,
): Promise<void> {
  let next = 0
  while (next < files.length) {
    const part = files.slice(next, next + FILES_PER_RUN)
    const args = ['org.apache.kafka.tools.DumpLogSegments', ...mode, '--files', part.join(',')]
    const ended = await runKafkaTool(args, line => reader.line(line))
    if (ended === undefined) {
      next += part.length
      continue
    }
    reader.died(ended)
    const at = part.indexOf(reader.file)
    if (at < 0)
      throw new Error(`DumpLogSegments did not start: ${reader.faults.map(each => each.what).join('; ')}`)
    next += at + 1
  }
}

/** Half an entry at the end of an index: the tool lets it pass, and cuts it off, so this comes first. */
async function halfEntries(files: readonly string[]): Promise<Fault[]> {
  const faults: Fault[] = []
  for (const file of files) {
    const entryBytes = ENTRY_BYTES[file.slice(file.lastIndexOf('.') + 1)]
    if (entryBytes === undefined) continue
    const { size } = await stat(file)
    if (size % entryBytes !== 0)
      faults.push({ file, what: `${size} bytes are not whole entries of ${entryBytes}` })
  }
  return faults
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { 'allow-gaps': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) {
    console.error(`usage: node ${join('test/clients/kafka-tools', 'dump.ts')} [--allow-gaps] FOLDER`)
    return 2
  }
  try {
    const { faults, files, batches } = await dumpLogSegments(folder, { allowGaps: values['allow-gaps'] })
    for (const fault of faults) console.log(`${fault.file}: ${fault.what}`)
    console.log(`${files} files, ${batches} batches, ${faults.length} faults`)
    if (files === 0) console.error(`${folder} holds no segment files`)
    return faults.length > 0 ? 1 : files === 0 ? 2 : 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return 2
  }
}

if (import.meta.main) process.exitCode = await main()
