/**
 * `odradek doctor`: checks the data folder of a stopped broker. Exit code 0: sound; 1: damage was found.
 */
import { Command } from 'commander'
import { SystemClock } from '#base/clock.ts'
import { examineFolder } from '#broker/doctor.ts'
import { Progress } from '../progress.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check the data folder of a broker that is stopped: batches, indexes, snapshots, metadata.')
    .option('--data <folder>', 'the data folder', 'odradek-data')
    .option('--json', 'the whole report as JSON')
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      let progress: Progress | undefined
      const report = await examineFolder(data, total => {
        const shown = new Progress(new SystemClock(), { unit: 'bytes', total })
        progress = shown
        return bytes => shown.advance(bytes)
      }).finally(() => progress?.end())
      const faultCount = report.findings.filter(finding => finding.level === 'fault').length
      if (json === true) {
        process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
      } else {
        for (const { path, level, problem } of report.findings) {
          process.stdout.write(`${level === 'fault' ? 'FAULT' : 'note '} ${path} ${problem}\n`)
        }
        const { topics, partitions, batches, records, groups, committedOffsets } = report
        process.stdout.write(
          `${topics} topics, ${partitions} partitions, ${batches} batches, ${records} records, ` +
            `${groups} groups, ${committedOffsets} committed offsets: ` +
            `${faultCount === 0 ? 'no fault found' : `${faultCount} faults found`}\n`,
        )
      }
      if (faultCount > 0) process.exitCode = 1
    })
}
