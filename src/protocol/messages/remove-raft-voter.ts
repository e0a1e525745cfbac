/** RemoveRaftVoter (API key 81): removes a voter from the metadata quorum. */
import { api, int16, int32, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const RemoveRaftVoterRequest = message(
  { name: 'RemoveRaftVoterRequest', apiKey: 81, validVersions: '0', flexibleVersions: '0+' },
  {
    clusterId: string('0+', { nullable: '0+' }),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
  },
)
export type RemoveRaftVoterRequest = Infer<typeof RemoveRaftVoterRequest>

export const RemoveRaftVoterResponse = message(
  { name: 'RemoveRaftVoterResponse', apiKey: 81, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
)
export type RemoveRaftVoterResponse = Infer<typeof RemoveRaftVoterResponse>

export const removeRaftVoter = api('RemoveRaftVoter', RemoveRaftVoterRequest, RemoveRaftVoterResponse)
