/** The control record that begins a metadata snapshot. */
import { int16, int64, message, type Infer } from '#protocol/schema.ts'

export const SnapshotHeaderRecord = message(
  { name: 'SnapshotHeaderRecord', validVersions: '0', flexibleVersions: '0+' },
  {
    version: int16('0+'),
    lastContainedLogTimestamp: int64('0+'),
  },
)
export type SnapshotHeaderRecord = Infer<typeof SnapshotHeaderRecord>
