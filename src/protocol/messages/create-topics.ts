/** CreateTopics (API key 19): creates topics. */
import { api, array, bool, int16, int32, int8, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const CreateTopicsRequest = message(
  { name: 'CreateTopicsRequest', apiKey: 19, validVersions: '2-7', flexibleVersions: '5+' },
  {
    topics: array('0+', {
      name: string('0+'),
      numPartitions: int32('0+'),
      replicationFactor: int16('0+'),
      assignments: array('0+', {
        partitionIndex: int32('0+'),
        brokerIds: array('0+', 'int32'),
      }),
      configs: array('0+', {
        name: string('0+'),
        value: string('0+', { nullable: '0+' }),
      }),
    }),
    timeoutMs: int32('0+', { default: 60000 }),
    validateOnly: bool('1+'),
  },
)
export type CreateTopicsRequest = Infer<typeof CreateTopicsRequest>

export const CreateTopicsResponse = message(
  { name: 'CreateTopicsResponse', apiKey: 19, validVersions: '2-7', flexibleVersions: '5+' },
  {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+'),
      topicId: uuid('7+', { ignorable: true }),
      errorCode: int16('0+'),
      errorMessage: string('1+', { nullable: '0+', ignorable: true }),
      topicConfigErrorCode: int16('5+', { tag: 0, ignorable: true }),
      numPartitions: int32('5+', { default: -1, ignorable: true }),
      replicationFactor: int16('5+', { default: -1, ignorable: true }),
      configs: array(
        '5+',
        {
          name: string('5+'),
          value: string('5+', { nullable: '5+' }),
          readOnly: bool('5+'),
          configSource: int8('5+', { default: -1, ignorable: true }),
          isSensitive: bool('5+'),
        },
        { nullable: '5+', ignorable: true },
      ),
    }),
  },
)
export type CreateTopicsResponse = Infer<typeof CreateTopicsResponse>

export const createTopics = api('CreateTopics', CreateTopicsRequest, CreateTopicsResponse)
