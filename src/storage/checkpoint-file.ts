/**
 * Kafka's text checkpoints: a version, a count, that many lines. Two uses: an offset for each partition in the data
 * root, and the history of leader epochs in a partition folder. Kafka: CheckpointFile. Pure.
 */
const version = 0

/** @returns undefined when the text is not a whole checkpoint: it was torn or damaged */
function parseLines(text: string): string[] | undefined {
  const lines = text.split('\n')
  const count = Number(lines[1])
  if (lines[0] !== String(version) || !Number.isInteger(count) || count < 0) return undefined
  const entries = lines.slice(2, 2 + count)
  const isWhole = entries.length === count && lines[2 + count] === ''
  return isWhole ? entries : undefined
}

function formatLines(lines: readonly string[]): Buffer {
  return Buffer.from([version, lines.length, ...lines, ''].join('\n'))
}

/** @returns offset by partition folder name, such as `orders-0`; undefined when damaged */
export function parseOffsetCheckpoint(bytes: Buffer): Map<string, number> | undefined {
  const lines = parseLines(bytes.toString())
  if (lines === undefined) return undefined
  const offsets = new Map<string, number>()
  for (const line of lines) {
    const [topic, partition, offset] = line.split(' ')
    if (!isNumber(partition) || !isNumber(offset)) return undefined
    offsets.set(`${topic}-${partition}`, Number(offset))
  }
  return offsets
}

/** @param offsets by partition folder name */
export function formatOffsetCheckpoint(offsets: ReadonlyMap<string, number>): Buffer {
  return formatLines(
    [...offsets].map(([folder, offset]) => {
      const dash = folder.lastIndexOf('-')
      return `${folder.slice(0, dash)} ${folder.slice(dash + 1)} ${offset}`
    }),
  )
}

export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/** @returns undefined when damaged, or not rising */
export function parseEpochCheckpoint(bytes: Buffer): EpochEntry[] | undefined {
  const lines = parseLines(bytes.toString())
  if (lines === undefined) return undefined
  const entries: EpochEntry[] = []
  for (const line of lines) {
    const [epoch, startOffset] = line.split(' ')
    if (!isNumber(epoch) || !isNumber(startOffset)) return undefined
    const entry = { epoch: Number(epoch), startOffset: Number(startOffset) }
    const last = entries.at(-1)
    if (last !== undefined && (entry.epoch <= last.epoch || entry.startOffset < last.startOffset))
      return undefined
    entries.push(entry)
  }
  return entries
}

export function formatEpochCheckpoint(entries: readonly EpochEntry[]): Buffer {
  return formatLines(entries.map(entry => `${entry.epoch} ${entry.startOffset}`))
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,16}$/.test(text)
}
