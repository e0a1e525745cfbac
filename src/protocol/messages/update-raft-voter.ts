/** UpdateRaftVoter (API key 82): changes the endpoints of a voter of the metadata quorum. */
import {
  api,
  array,
  int16,
  int32,
  message,
  string,
  struct,
  uint16,
  uuid,
  type Infer,
} from '#protocol/schema.ts'

export const UpdateRaftVoterRequest = message(
  { name: 'UpdateRaftVoterRequest', apiKey: 82, validVersions: '0', flexibleVersions: '0+' },
  {
    clusterId: string('0+', { nullable: '0+' }),
    currentLeaderEpoch: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
    }),
    kRaftVersionFeature: struct('0+', {
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
  },
)
export type UpdateRaftVoterRequest = Infer<typeof UpdateRaftVoterRequest>

export const UpdateRaftVoterResponse = message(
  { name: 'UpdateRaftVoterResponse', apiKey: 82, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    currentLeader: struct(
      '0+',
      {
        leaderId: int32('0+', { default: -1 }),
        leaderEpoch: int32('0+', { default: -1 }),
        host: string('0+'),
        port: int32('0+'),
      },
      { tag: 0 },
    ),
  },
)
export type UpdateRaftVoterResponse = Infer<typeof UpdateRaftVoterResponse>

export const updateRaftVoter = api('UpdateRaftVoter', UpdateRaftVoterRequest, UpdateRaftVoterResponse)
