/** DescribeProducers (API key 61): lists the producers that write to partitions. */
import { api, array, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const DescribeProducersRequest = message(
  { name: 'DescribeProducersRequest', apiKey: 61, validVersions: '0', flexibleVersions: '0+' },
  {
    topics: array('0+', {
      name: string('0+'),
      partitionIndexes: array('0+', 'int32'),
    }),
  },
)
export type DescribeProducersRequest = Infer<typeof DescribeProducersRequest>

export const DescribeProducersResponse = message(
  { name: 'DescribeProducersResponse', apiKey: 61, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        activeProducers: array('0+', {
          producerId: int64('0+'),
          producerEpoch: int32('0+'),
          lastSequence: int32('0+', { default: -1 }),
          lastTimestamp: int64('0+', { default: -1 }),
          coordinatorEpoch: int32('0+'),
          currentTxnStartOffset: int64('0+', { default: -1 }),
        }),
      }),
    }),
  },
)
export type DescribeProducersResponse = Infer<typeof DescribeProducersResponse>

export const describeProducers = api('DescribeProducers', DescribeProducersRequest, DescribeProducersResponse)
