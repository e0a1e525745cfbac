/** The control record that tells the version of the metadata quorum. */
import { int16, message, type Infer } from '#protocol/schema.ts'

export const KRaftVersionRecord = message(
  { name: 'KRaftVersionRecord', validVersions: '0', flexibleVersions: '0+' },
  {
    version: int16('0+'),
    kRaftVersion: int16('0+'),
  },
)
export type KRaftVersionRecord = Infer<typeof KRaftVersionRecord>
