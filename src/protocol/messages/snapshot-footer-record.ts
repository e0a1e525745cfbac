/** The control record that ends a metadata snapshot. */
import { int16, message, type Infer } from '#protocol/schema.ts'

export const SnapshotFooterRecord = message(
  { name: 'SnapshotFooterRecord', validVersions: '0', flexibleVersions: '0+' },
  {
    version: int16('0+'),
  },
)
export type SnapshotFooterRecord = Infer<typeof SnapshotFooterRecord>
