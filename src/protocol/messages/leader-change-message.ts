/** The control record with which a leader of the metadata quorum begins. */
import { array, int16, int32, message, uuid, type Infer } from '#protocol/schema.ts'

const voter = {
  voterId: int32('0+'),
  voterDirectoryId: uuid('1+'),
}

export const LeaderChangeMessage = message(
  { name: 'LeaderChangeMessage', validVersions: '0-1', flexibleVersions: '0+' },
  {
    version: int16('0+'),
    leaderId: int32('0+'),
    voters: array('0+', voter),
    grantingVoters: array('0+', voter),
  },
)
export type LeaderChangeMessage = Infer<typeof LeaderChangeMessage>
