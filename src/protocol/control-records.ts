/**
 * Control records: what a transaction marker says. Kafka: ControlRecordType, EndTransactionMarker. Pure.
 */
import { InvalidRecordError } from './records.ts'

export const controlRecordTypes = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
] as const
export type ControlRecordType = (typeof controlRecordTypes)[number]

/**
 * @returns undefined for a type nobody has defined
 * @throws InvalidRecordError when it is no control record key
 */
export function decodeControlRecordKey(key: Buffer | null): ControlRecordType | undefined {
  if (key === null || key.length < 4) {
    throw new InvalidRecordError('A control record key must have at least 4 bytes')
  }
  // Later versions keep the type where it is.
  const version = key.readInt16BE(0)
  if (version < 0) throw new InvalidRecordError(`Invalid version found for control record: ${version}`)
  return controlRecordTypes[key.readInt16BE(2)]
}

export function encodeControlRecordKey(type: ControlRecordType): Buffer {
  const key = Buffer.alloc(4)
  key.writeInt16BE(controlRecordTypes.indexOf(type), 2)
  return key
}

/**
 * The coordinator epoch of a COMMIT or ABORT marker's value.
 * @throws InvalidRecordError when it is none
 */
export function decodeEndTxnMarker(value: Buffer | null): number {
  if (value === null || value.length < 6)
    throw new InvalidRecordError('An end marker must have at least 6 bytes')
  const version = value.readInt16BE(0)
  if (version < 0)
    throw new InvalidRecordError(`Invalid version found for end transaction marker: ${version}`)
  return value.readInt32BE(2)
}
