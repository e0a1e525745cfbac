/** DescribeTransactions (API key 65): describes transactions by transactional id. */
import { api, array, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const DescribeTransactionsRequest = message(
  { name: 'DescribeTransactionsRequest', apiKey: 65, validVersions: '0', flexibleVersions: '0+' },
  {
    transactionalIds: array('0+', 'string'),
  },
)
export type DescribeTransactionsRequest = Infer<typeof DescribeTransactionsRequest>

export const DescribeTransactionsResponse = message(
  { name: 'DescribeTransactionsResponse', apiKey: 65, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    transactionStates: array('0+', {
      errorCode: int16('0+'),
      transactionalId: string('0+'),
      transactionState: string('0+'),
      transactionTimeoutMs: int32('0+'),
      transactionStartTimeMs: int64('0+'),
      producerId: int64('0+'),
      producerEpoch: int16('0+'),
      topics: array('0+', {
        topic: string('0+'),
        partitions: array('0+', 'int32'),
      }),
    }),
  },
)
export type DescribeTransactionsResponse = Infer<typeof DescribeTransactionsResponse>

export const describeTransactions = api(
  'DescribeTransactions',
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
)
