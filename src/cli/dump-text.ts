/** Dumped files as text and as JSON documents. Pure. */
import type { DumpedEntry, DumpedRecord, LogItem } from '#broker/dump.ts'
import { bytesAsJson, isoTime } from './record-format.ts'

type Batch = Extract<LogItem, { kind: 'batch' }>

/** Lines for one batch or damage, with its records where it has them. */
export function formatLogItem(item: LogItem): string {
  switch (item.kind) {
    case 'batch':
      return [formatBatch(item), ...(item.content?.records ?? []).map(formatRecord)].join('\n')
    case 'oldBatch':
      return `  @${item.position} ${item.sizeInBytes} bytes: offset ${item.baseOffset}, format v${item.magic}, which is not decoded`
    default:
      return `  DAMAGE at @${item.position}, ${item.sizeInBytes} bytes: ${item.problem}`
  }
}

function formatBatch(batch: Batch): string {
  const producer =
    batch.producerId === -1
      ? ''
      : ` producer ${batch.producerId}/${batch.producerEpoch} sequence ${batch.baseSequence}-${batch.lastSequence}`
  const flags = [
    batch.isTransactional ? ' transactional' : '',
    batch.isControl ? ' control' : '',
    batch.hasDeleteHorizon ? ' delete-horizon' : '',
  ].join('')
  const crc = `crc ${batch.crc.toString(16).padStart(8, '0')}${batch.crcIsValid ? '' : ' WRONG'}`
  return (
    `  @${batch.position} ${batch.sizeInBytes} bytes: offsets ${batch.baseOffset}-${batch.lastOffset}, ` +
    `${batch.recordCount} records, ${batch.codec}, epoch ${batch.leaderEpoch}, ` +
    `${batch.timestampType} to ${isoTime(batch.maxTimestampMs)}${producer}${flags}, ${crc}`
  )
}

function formatRecord(record: DumpedRecord): string {
  const start = `    ${record.offset} ${isoTime(record.timestampMs)}`
  if (record.control !== undefined) return `${start} ${record.control}`
  const headers = record.headers.map(({ key, value }) => ` ${JSON.stringify(key)}=${formatBytes(value)}`)
  return `${start} ${formatBytes(record.key)}: ${formatBytes(record.value)}${headers.join('')}`
}

/** Quoted text where it is text, else hexadecimal. */
function formatBytes(bytes: Buffer | null): string {
  if (bytes === null) return 'null'
  const text = bytes.toString()
  const isText = !text.includes('\uFFFD')
  return isText ? JSON.stringify(text) : `0x${bytes.toString('hex')}`
}

/** `name value` pairs on one line; entries with names of their own are given as those. */
export function formatEntry(entry: DumpedEntry): string {
  return `  ${Object.entries(entry)
    .map(([name, value]) => `${name} ${value}`)
    .join('  ')}`
}

/** As JSON.stringify takes it: exact int64 as strings where a number would not do, bytes as in `consume --json`. */
export function logItemAsJson(item: LogItem): unknown {
  if (item.kind !== 'batch') return exact(item)
  const { content, ...batch } = item
  if (content === undefined) return exact(batch)
  return { ...exact(batch), records: content.records.map(recordAsJson) }
}

function recordAsJson({ offset, timestampMs, key, value, headers, control }: DumpedRecord): unknown {
  const place = exact({ offset, timestampMs })
  if (control !== undefined) return { ...place, control }
  return {
    ...place,
    ...bytesAsJson('key', key),
    ...bytesAsJson('value', value),
    headers: headers.map(header => ({ key: header.key, ...bytesAsJson('value', header.value) })),
  }
}

function exact(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'bigint' ? String(value) : value,
    ]),
  )
}
