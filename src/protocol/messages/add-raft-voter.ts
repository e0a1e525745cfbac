/** AddRaftVoter (API key 80): adds a voter to the metadata quorum. */
import {
  api,
  array,
  bool,
  int16,
  int32,
  message,
  string,
  uint16,
  uuid,
  type Infer,
} from '#protocol/schema.ts'

export const AddRaftVoterRequest = message(
  { name: 'AddRaftVoterRequest', apiKey: 80, validVersions: '0-1', flexibleVersions: '0+' },
  {
    clusterId: string('0+', { nullable: '0+' }),
    timeoutMs: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
    }),
    ackWhenCommitted: bool('1+', { default: true }),
  },
)
export type AddRaftVoterRequest = Infer<typeof AddRaftVoterRequest>

export const AddRaftVoterResponse = message(
  { name: 'AddRaftVoterResponse', apiKey: 80, validVersions: '0-1', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
)
export type AddRaftVoterResponse = Infer<typeof AddRaftVoterResponse>

export const addRaftVoter = api('AddRaftVoter', AddRaftVoterRequest, AddRaftVoterResponse)
