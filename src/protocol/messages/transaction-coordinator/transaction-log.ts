/** Key and value of a record: a transactional id with the state of its transaction. */
import { array, int16, int32, int64, int8, message, string, type Infer } from '#protocol/schema.ts'

export const TransactionLogKey = message(
  { name: 'TransactionLogKey', apiKey: 0, validVersions: '0', flexibleVersions: 'none' },
  {
    transactionalId: string('0'),
  },
)
export type TransactionLogKey = Infer<typeof TransactionLogKey>

export const TransactionLogValue = message(
  { name: 'TransactionLogValue', apiKey: 0, validVersions: '0-1', flexibleVersions: '1+' },
  {
    producerId: int64('0+'),
    previousProducerId: int64('1+', { default: -1, tag: 0 }),
    nextProducerId: int64('1+', { default: -1, tag: 1 }),
    producerEpoch: int16('0+'),
    nextProducerEpoch: int16('1+', { default: -1, tag: 3 }),
    transactionTimeoutMs: int32('0+'),
    transactionStatus: int8('0+'),
    transactionPartitions: array(
      '0+',
      {
        topic: string('0+'),
        partitionIds: array('0+', 'int32'),
      },
      { nullable: '0+' },
    ),
    transactionLastUpdateTimestampMs: int64('0+'),
    transactionStartTimestampMs: int64('0+'),
    clientTransactionVersion: int16('1+', { tag: 2 }),
  },
)
export type TransactionLogValue = Infer<typeof TransactionLogValue>
