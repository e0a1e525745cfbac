/** `odradek dump`: what lies in the files of a data folder. Exit code 0: all of it is sound; 1: damage was found. */
import { Command } from 'commander'
import { dumpPath, type FileDump } from '#broker/dump.ts'
import { formatEntry, formatLogItem, logItemAsJson } from '../dump-text.ts'
import { wholeNumber } from '../option-parsers.ts'
import { outputGone, print, printJson } from '../output.ts'

interface DumpCommandOptions {
  readonly records?: true
  readonly json?: true
  readonly from?: number
  readonly to?: number
}

export function dumpCommand(): Command {
  return new Command('dump')
    .description(
      "Show what lies in segment files, indexes, snapshots and checkpoints, a running broker's or Apache Kafka's too. " +
        'Where bytes are damaged it goes on at the next sound batch.',
    )
    .argument('<path...>', "files, partitions' folders, or a data folder")
    .option('-r, --records', 'the records of each batch as well')
    .option('--from <offset>', 'leave out batches that end before it', wholeNumber(0))
    .option('--to <offset>', 'leave out batches that begin after it', wholeNumber(0))
    .option('--json', 'one JSON object for each batch, entry and damage')
    .action((paths: string[], options: DumpCommandOptions) => dump(paths, options))
}

async function dump(paths: readonly string[], options: DumpCommandOptions): Promise<void> {
  const dumpOptions = {
    withRecords: options.records === true,
    ...(options.from === undefined ? {} : { fromOffset: options.from }),
    ...(options.to === undefined ? {} : { toOffset: options.to }),
  }
  const write = options.json ? printAsJson : printAsText
  let damageCount = 0
  for (const path of paths) {
    for await (const file of dumpPath(path, dumpOptions)) {
      if (outputGone.aborted) return
      damageCount += await write(file)
    }
  }
  if (damageCount > 0) process.exitCode = 1
}

/** @returns how much damage it has */
async function printAsText(dump: FileDump): Promise<number> {
  await print(`${dump.path}\n`)
  if (dump.kind !== 'log') {
    for (const entry of dump.file.entries) await print(`${formatEntry(entry)}\n`)
    for (const problem of dump.file.problems) await print(`  DAMAGE: ${problem}\n`)
    return dump.file.problems.length
  }
  let damageCount = 0
  for await (const item of dump.items) {
    if (outputGone.aborted) break
    if (item.kind === 'damage') damageCount++
    await print(`${formatLogItem(item)}\n`)
  }
  return damageCount
}

async function printAsJson(dump: FileDump): Promise<number> {
  const { path } = dump
  if (dump.kind !== 'log') {
    for (const entry of dump.file.entries) await printJson({ path, kind: 'entry', ...entry })
    for (const problem of dump.file.problems) await printJson({ path, kind: 'damage', problem })
    return dump.file.problems.length
  }
  let damageCount = 0
  for await (const item of dump.items) {
    if (outputGone.aborted) break
    if (item.kind === 'damage') damageCount++
    await printJson({ path, ...(logItemAsJson(item) as object) })
  }
  return damageCount
}
