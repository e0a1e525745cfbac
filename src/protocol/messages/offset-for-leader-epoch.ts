/** OffsetForLeaderEpoch (API key 23): tells where a leader epoch ended in a log. */
import { api, array, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const OffsetForLeaderEpochRequest = message(
  { name: 'OffsetForLeaderEpochRequest', apiKey: 23, validVersions: '2-4', flexibleVersions: '4+' },
  {
    replicaId: int32('3+', { default: -2, ignorable: true }),
    topics: array('0+', {
      topic: string('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        currentLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
        leaderEpoch: int32('0+'),
      }),
    }),
  },
)
export type OffsetForLeaderEpochRequest = Infer<typeof OffsetForLeaderEpochRequest>

export const OffsetForLeaderEpochResponse = message(
  { name: 'OffsetForLeaderEpochResponse', apiKey: 23, validVersions: '2-4', flexibleVersions: '4+' },
  {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      topic: string('0+'),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partition: int32('0+'),
        leaderEpoch: int32('1+', { default: -1, ignorable: true }),
        endOffset: int64('0+', { default: -1 }),
      }),
    }),
  },
)
export type OffsetForLeaderEpochResponse = Infer<typeof OffsetForLeaderEpochResponse>

export const offsetForLeaderEpoch = api(
  'OffsetForLeaderEpoch',
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
)
