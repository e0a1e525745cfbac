/** The control record that names the voters of the metadata quorum. */
import { array, int16, int32, message, string, struct, uint16, uuid, type Infer } from '#protocol/schema.ts'

export const VotersRecord = message(
  { name: 'VotersRecord', validVersions: '0', flexibleVersions: '0+' },
  {
    version: int16('0+'),
    voters: array('0+', {
      voterId: int32('0+'),
      voterDirectoryId: uuid('0+'),
      endpoints: array('0+', {
        name: string('0+'),
        host: string('0+'),
        port: uint16('0+'),
      }),
      kRaftVersionFeature: struct('0+', {
        minSupportedVersion: int16('0+'),
        maxSupportedVersion: int16('0+'),
      }),
    }),
  },
)
export type VotersRecord = Infer<typeof VotersRecord>
