/** DeleteShareGroupState (API key 86): deletes the stored state of share partitions. */
import { api, array, int16, int32, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const DeleteShareGroupStateRequest = message(
  { name: 'DeleteShareGroupStateRequest', apiKey: 86, validVersions: '0', flexibleVersions: '0+' },
  {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
      }),
    }),
  },
)
export type DeleteShareGroupStateRequest = Infer<typeof DeleteShareGroupStateRequest>

export const DeleteShareGroupStateResponse = message(
  { name: 'DeleteShareGroupStateResponse', apiKey: 86, validVersions: '0', flexibleVersions: '0+' },
  {
    results: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
)
export type DeleteShareGroupStateResponse = Infer<typeof DeleteShareGroupStateResponse>

export const deleteShareGroupState = api(
  'DeleteShareGroupState',
  DeleteShareGroupStateRequest,
  DeleteShareGroupStateResponse,
)
