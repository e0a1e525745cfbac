/** CreatePartitions (API key 37): adds partitions to topics. */
import { api, array, bool, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const CreatePartitionsRequest = message(
  { name: 'CreatePartitionsRequest', apiKey: 37, validVersions: '0-3', flexibleVersions: '2+' },
  {
    topics: array('0+', {
      name: string('0+'),
      count: int32('0+'),
      assignments: array(
        '0+',
        {
          brokerIds: array('0+', 'int32'),
        },
        { nullable: '0+' },
      ),
    }),
    timeoutMs: int32('0+'),
    validateOnly: bool('0+'),
  },
)
export type CreatePartitionsRequest = Infer<typeof CreatePartitionsRequest>

export const CreatePartitionsResponse = message(
  { name: 'CreatePartitionsResponse', apiKey: 37, validVersions: '0-3', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      name: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
)
export type CreatePartitionsResponse = Infer<typeof CreatePartitionsResponse>

export const createPartitions = api('CreatePartitions', CreatePartitionsRequest, CreatePartitionsResponse)
