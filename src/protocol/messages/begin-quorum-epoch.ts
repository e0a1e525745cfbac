/** BeginQuorumEpoch (API key 53): announces the leader of the metadata quorum. */
import { api, array, int16, int32, message, string, uint16, uuid, type Infer } from '#protocol/schema.ts'

export const BeginQuorumEpochRequest = message(
  { name: 'BeginQuorumEpochRequest', apiKey: 53, validVersions: '0-1', flexibleVersions: '1+' },
  {
    clusterId: string('0+', { nullable: '0+', default: null }),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
    leaderEndpoints: array(
      '1+',
      {
        name: string('1+'),
        host: string('1+'),
        port: uint16('1+'),
      },
      { ignorable: true },
    ),
  },
)
export type BeginQuorumEpochRequest = Infer<typeof BeginQuorumEpochRequest>

export const BeginQuorumEpochResponse = message(
  { name: 'BeginQuorumEpochResponse', apiKey: 53, validVersions: '0-1', flexibleVersions: '1+' },
  {
    errorCode: int16('0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
    nodeEndpoints: array(
      '1+',
      {
        nodeId: int32('1+'),
        host: string('1+'),
        port: uint16('1+'),
      },
      { tag: 0 },
    ),
  },
)
export type BeginQuorumEpochResponse = Infer<typeof BeginQuorumEpochResponse>

export const beginQuorumEpoch = api('BeginQuorumEpoch', BeginQuorumEpochRequest, BeginQuorumEpochResponse)
