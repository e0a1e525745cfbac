/** AlterPartition (API key 56): changes the set of in-sync replicas. */
import { api, array, int16, int32, int64, int8, message, uuid, type Infer } from '#protocol/schema.ts'

export const AlterPartitionRequest = message(
  { name: 'AlterPartitionRequest', apiKey: 56, validVersions: '2-3', flexibleVersions: '0+' },
  {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    topics: array('0+', {
      topicId: uuid('2+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        leaderEpoch: int32('0+'),
        newIsr: array('0-2', 'int32'),
        newIsrWithEpochs: array('3+', {
          brokerId: int32('3+'),
          brokerEpoch: int64('3+', { default: -1 }),
        }),
        leaderRecoveryState: int8('1+'),
        partitionEpoch: int32('0+'),
      }),
    }),
  },
)
export type AlterPartitionRequest = Infer<typeof AlterPartitionRequest>

export const AlterPartitionResponse = message(
  { name: 'AlterPartitionResponse', apiKey: 56, validVersions: '2-3', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    topics: array('0+', {
      topicId: uuid('2+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        isr: array('0+', 'int32'),
        leaderRecoveryState: int8('1+', { ignorable: true }),
        partitionEpoch: int32('0+'),
      }),
    }),
  },
)
export type AlterPartitionResponse = Infer<typeof AlterPartitionResponse>

export const alterPartition = api('AlterPartition', AlterPartitionRequest, AlterPartitionResponse)
