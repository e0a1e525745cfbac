/** `odradek consume`: prints records, alone or as a member of a group. */
import { Command, Option } from 'commander'
import { SystemClock } from '#base/clock.ts'
import type { Cluster } from '#client/cluster.ts'
import { type ClusterCommandOptions, withCluster, withClusterOptions } from '../cluster-command.ts'
import { consumeAlone } from '../consume-alone.ts'
import { consumeInGroup } from '../consume-in-group.ts'
import { UsageError } from '../failure.ts'
import { offsetSpecHelp, parseOffsetRange } from '../offset-spec.ts'
import { partitionNumbers, wholeNumber } from '../option-parsers.ts'
import { compileFormat, formatJson } from '../record-format.ts'
import { RecordPrinter } from '../record-printer.ts'

interface ConsumeOptions extends ClusterCommandOptions {
  readonly offset: string
  readonly regex?: true
  readonly partitions?: readonly number[]
  readonly num?: number
  readonly group?: string
  readonly exit?: true
  readonly format: string
  readonly isolation: 'committed' | 'uncommitted'
}

const formatHelp = `
Format: %t topic, %p partition, %o offset, %T timestamp (ms; %T{iso}), %k key, %v value, %K and %V their bytes,
%h headers (%h{%k: %v; } each of them so), %H their number, %e leader epoch, %%; \\n \\t \\r \\0 \\\\ \\xHH.
%k{hex}, %k{base64} and %k{json} are other forms, of %v as well. There is no line break but those in the format.
Times: @MILLISECONDS, @2026-03-04, @2026-03-04T05:06:07Z, @-1h (that long ago; ms, s, m, h, d).

  odradek consume orders -o -3:end                the last three records of each partition
  odradek consume orders -o @-1h:@-30m --json     half an hour of records, as JSON
  odradek consume -r '^orders[.]' -g audit        all topics with such names, also later ones, as a member of a group`

export function consumeCommand(): Command {
  const command = new Command('consume')
    .description('Print the records of topics as they come, until Ctrl-C.')
    .argument('<topic...>')
    .option(
      '-o, --offset <offset>',
      `where to begin: ${offsetSpecHelp}; FROM:TO ends before TO, or at the end that there is now`,
      'start',
    )
    .option('-r, --regex', 'the topics are patterns that part of a name matches: ^ and $ for all of it')
    .addOption(
      new Option('-p, --partitions <partition,..>', 'these partitions only')
        .argParser(partitionNumbers)
        .conflicts('group'),
    )
    .option('-n, --num <n>', 'end after so many records', wholeNumber(1))
    .option('-g, --group <group>', 'as a member of this group: go on where it is, and commit')
    .option('-e, --exit', 'end at what is the end of the partitions now')
    .addOption(new Option('-f, --format <format>', 'format of a record').default('%v\\n').conflicts('json'))
    .addOption(
      new Option('--isolation <level>', 'records of open and aborted transactions too, or not')
        .choices(['uncommitted', 'committed'])
        .default('uncommitted'),
    )
    .addHelpText('after', formatHelp)
  return withClusterOptions(command, 'one JSON object a record').action(
    (topics: string[], options: ConsumeOptions) =>
      withCluster(options, cluster => consume(cluster, [...new Set(topics)], options)),
  )
}

async function consume(cluster: Cluster, names: readonly string[], options: ConsumeOptions): Promise<void> {
  const range = parseOffsetRange(options.offset, new SystemClock().nowMs())
  const topics = options.regex ? anyOf(names) : names
  const formatter = options.json ? formatJson : compileFormat(options.format)
  const printer = new RecordPrinter(formatter, options.num ?? Infinity)
  const isolationLevel = options.isolation === 'committed' ? 1 : 0
  const request = { topics, isolationLevel, printer, exitAtEnd: options.exit === true } as const
  if (options.group === undefined) {
    await consumeAlone(cluster, { ...request, range, partitions: options.partitions })
    return
  }
  const { from, to } = range
  if ((from.kind !== 'start' && from.kind !== 'end') || to !== undefined) {
    throw new UsageError(
      "in a group -o is start or end, for partitions without an offset; 'odradek groups reset-offsets' moves a group",
    )
  }
  const reset = from.kind === 'start' ? 'earliest' : 'latest'
  await consumeInGroup(cluster, { ...request, groupId: options.group, reset })
}

function anyOf(patterns: readonly string[]): RegExp {
  if (patterns.length === 1) return patternOf(patterns[0]!)
  return new RegExp(patterns.map(pattern => `(?:${patternOf(pattern).source})`).join('|'))
}

/** @throws UsageError */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new UsageError(`'${text}' is no pattern: ${(error as Error).message}`)
  }
}
