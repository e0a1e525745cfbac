/** AddPartitionsToTxn (API key 24): makes partitions part of a transaction; brokers also ask whether they are. */
import { api, array, bool, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

const addPartitionsToTxnTopic = {
  name: string('0+'),
  partitions: array('0+', 'int32'),
}

export const AddPartitionsToTxnRequest = message(
  { name: 'AddPartitionsToTxnRequest', apiKey: 24, validVersions: '0-5', flexibleVersions: '3+' },
  {
    transactions: array('4+', {
      transactionalId: string('4+'),
      producerId: int64('4+'),
      producerEpoch: int16('4+'),
      verifyOnly: bool('4+'),
      topics: array('4+', addPartitionsToTxnTopic),
    }),
    v3AndBelowTransactionalId: string('0-3'),
    v3AndBelowProducerId: int64('0-3'),
    v3AndBelowProducerEpoch: int16('0-3'),
    v3AndBelowTopics: array('0-3', addPartitionsToTxnTopic),
  },
)
export type AddPartitionsToTxnRequest = Infer<typeof AddPartitionsToTxnRequest>

const addPartitionsToTxnPartitionResult = {
  partitionIndex: int32('0+'),
  partitionErrorCode: int16('0+'),
}

const addPartitionsToTxnTopicResult = {
  name: string('0+'),
  resultsByPartition: array('0+', addPartitionsToTxnPartitionResult),
}

export const AddPartitionsToTxnResponse = message(
  { name: 'AddPartitionsToTxnResponse', apiKey: 24, validVersions: '0-5', flexibleVersions: '3+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('4+', { ignorable: true }),
    resultsByTransaction: array('4+', {
      transactionalId: string('4+'),
      topicResults: array('4+', addPartitionsToTxnTopicResult),
    }),
    resultsByTopicV3AndBelow: array('0-3', addPartitionsToTxnTopicResult),
  },
)
export type AddPartitionsToTxnResponse = Infer<typeof AddPartitionsToTxnResponse>

export const addPartitionsToTxn = api(
  'AddPartitionsToTxn',
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
)
