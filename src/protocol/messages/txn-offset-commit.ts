/** TxnOffsetCommit (API key 28): commits a group's offsets as part of a transaction. */
import { api, array, int16, int32, int64, int64Wide, message, string, type Infer } from '#protocol/schema.ts'

export const TxnOffsetCommitRequest = message(
  { name: 'TxnOffsetCommitRequest', apiKey: 28, validVersions: '0-5', flexibleVersions: '3+' },
  {
    transactionalId: string('0+'),
    groupId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    generationId: int32('3+', { default: -1 }),
    memberId: string('3+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: int64Wide('0+'),
        committedLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
)
export type TxnOffsetCommitRequest = Infer<typeof TxnOffsetCommitRequest>

export const TxnOffsetCommitResponse = message(
  { name: 'TxnOffsetCommitResponse', apiKey: 28, validVersions: '0-5', flexibleVersions: '3+' },
  {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
      }),
    }),
  },
)
export type TxnOffsetCommitResponse = Infer<typeof TxnOffsetCommitResponse>

export const txnOffsetCommit = api('TxnOffsetCommit', TxnOffsetCommitRequest, TxnOffsetCommitResponse)
