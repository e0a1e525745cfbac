/** Vote (API key 52): asks for a vote in the metadata quorum. */
import {
  api,
  array,
  bool,
  int16,
  int32,
  int64,
  message,
  string,
  uint16,
  uuid,
  type Infer,
} from '#protocol/schema.ts'

export const VoteRequest = message(
  { name: 'VoteRequest', apiKey: 52, validVersions: '0-2', flexibleVersions: '0+' },
  {
    clusterId: string('0+', { nullable: '0+', default: null }),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicaEpoch: int32('0+'),
        replicaId: int32('0+'),
        replicaDirectoryId: uuid('1+', { ignorable: true }),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        lastOffsetEpoch: int32('0+'),
        lastOffset: int64('0+'),
        preVote: bool('2+'),
      }),
    }),
  },
)
export type VoteRequest = Infer<typeof VoteRequest>

export const VoteResponse = message(
  { name: 'VoteResponse', apiKey: 52, validVersions: '0-2', flexibleVersions: '0+' },
  {
    errorCode: int16('0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        voteGranted: bool('0+'),
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
export type VoteResponse = Infer<typeof VoteResponse>

export const vote = api('Vote', VoteRequest, VoteResponse)
