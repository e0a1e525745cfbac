/** DeleteTopics (API key 20): deletes topics by name or by id. */
import { api, array, int16, int32, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const DeleteTopicsRequest = message(
  { name: 'DeleteTopicsRequest', apiKey: 20, validVersions: '1-6', flexibleVersions: '4+' },
  {
    topics: array('6+', {
      name: string('6+', { nullable: '6+', default: null }),
      topicId: uuid('6+'),
    }),
    topicNames: array('0-5', 'string', { ignorable: true }),
    timeoutMs: int32('0+'),
  },
)
export type DeleteTopicsRequest = Infer<typeof DeleteTopicsRequest>

export const DeleteTopicsResponse = message(
  { name: 'DeleteTopicsResponse', apiKey: 20, validVersions: '1-6', flexibleVersions: '4+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    responses: array('0+', {
      name: string('0+', { nullable: '6+' }),
      topicId: uuid('6+', { ignorable: true }),
      errorCode: int16('0+'),
      errorMessage: string('5+', { nullable: '5+', default: null, ignorable: true }),
    }),
  },
)
export type DeleteTopicsResponse = Infer<typeof DeleteTopicsResponse>

export const deleteTopics = api('DeleteTopics', DeleteTopicsRequest, DeleteTopicsResponse)
