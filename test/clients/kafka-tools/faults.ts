// Finds the faults in what Kafka's DumpLogSegments prints. The tool exits with 0 whatever it finds, unless a fault makes it
// die: an invalid batch is a word in its line, what disagrees is told in lines of its own. Lines that are not known to be
// harmless are faults.

/** One fault, as the tool told of it, with the file. */
export interface Fault {
  readonly file: string
  readonly what: string
}

/** Entries, records and remarks that say nothing of a fault. */
const HARMLESS = [
  /^\s*$/,
  /^Log starting offset: /,
  /^\| offset: /,
  /^offset: \d+ position: /,
  /^timestamp: -?\d+ offset: /,
  /^producerId: \d+ producerEpoch: /,
  /^version: \d+ producerId: /,
  / is empty\.$/,
  / passed sanity check\.$/,
  // The trace of an exception, whose first line is a fault.
  /^\s+at /,
  /^\s+\.\.\. \d+ more$/,
]

/** What opens a list of cases that disagree: the words, and the file. */
const HEADING =
  /^(Mismatches|Found timestamp mismatch|Found out of order timestamp|Non-consecutive offsets|The following indexed offsets are not found) in ?:?(.+)$/

/** One of such cases. */
const CASE = /^ {2}\S|^Indexed offset: /

/** Takes the tool's lines, stdout and stderr as they come. */
export class FaultReader {
  readonly faults: Fault[] = []
  /** The file that the tool began last. */
  file = ''
  /** Batches read. */
  batchCount = 0
  private readonly allowGaps: boolean
  private heading = { words: '', file: '' }

  /** `allowGaps`: offsets that are missing are no fault (compacted topics). */
  constructor(options: { allowGaps: boolean }) {
    this.allowGaps = options.allowGaps
  }

  line(line: string): void {
    if (line.startsWith('baseOffset: ')) this.batchLine(line)
    else if (line.startsWith('Dumping ')) this.file = line.slice('Dumping '.length)
    else if (HARMLESS.some(each => each.test(line))) return
    else if (HEADING.test(line)) this.headingLine(line)
    else if (CASE.test(line)) this.caseLine(line.trim())
    else this.add(this.file, line)
  }

  /** The tool died at the file that it began last. */
  died(how: string): void {
    this.add(this.file, `DumpLogSegments died at it: ${how}`)
  }

  private batchLine(line: string): void {
    this.batchCount++
    const place = `batch at offset ${field(line, 'baseOffset')}, position ${field(line, 'position')}`
    if (field(line, 'isvalid') !== 'true') this.add(this.file, `${place} is invalid`)
    if (field(line, 'magic') !== '2') this.add(this.file, `${place} has magic ${field(line, 'magic')}`)
  }

  private headingLine(line: string): void {
    const [, words = '', file = ''] = HEADING.exec(line) ?? []
    this.heading = { words, file }
  }

  private caseLine(text: string): void {
    // The tool starts from offset -1 in every file, and so takes the beginning of each segment but the first for a gap.
    const isGap = this.heading.words === 'Non-consecutive offsets'
    if (isGap && (this.allowGaps || text.startsWith('-1 is followed by '))) return
    this.add(this.heading.file, `${this.heading.words}: ${text}`)
  }

  private add(file: string, what: string): void {
    this.faults.push({ file, what })
  }
}

function field(line: string, name: string): string {
  return new RegExp(`\\b${name}: (\\S+)`).exec(line)?.[1] ?? '?'
}
