/** The names of a partition folder's files, as Kafka's LogFileUtils makes them. Pure. */

export type SegmentFileKind = 'log' | 'index' | 'timeindex' | 'txnindex' | 'snapshot'

/** Names that mark a file which is being removed, or an unfinished write. */
export const leftoverSuffixes = ['.deleted', '.cleaned', '.swap', '.tmp'] as const

export function segmentFileName(offset: number, kind: SegmentFileKind): string {
  return `${String(offset).padStart(20, '0')}.${kind}`
}

const pattern = /^(\d{20})\.(log|index|timeindex|txnindex|snapshot)$/

/** @returns undefined for a name of another form, or an offset beyond 2^53-1 */
export function parseSegmentFileName(
  name: string,
): { readonly offset: number; readonly kind: SegmentFileKind } | undefined {
  const match = pattern.exec(name)
  if (match === null) return undefined
  const offset = Number(match[1])
  return Number.isSafeInteger(offset) ? { offset, kind: match[2] as SegmentFileKind } : undefined
}

/** @returns topic and partition of a folder named like one, such as `orders-0` */
export function parsePartitionFolder(name: string): { topic: string; partition: number } | undefined {
  const match = /^(.+)-(\d{1,9})$/.exec(name)
  return match === null ? undefined : { topic: match[1]!, partition: Number(match[2]) }
}

export function partitionFolder(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
