/** InitializeShareGroupState (API key 83): begins the stored state of share partitions. */
import { api, array, int16, int32, int64, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const InitializeShareGroupStateRequest = message(
  { name: 'InitializeShareGroupStateRequest', apiKey: 83, validVersions: '0', flexibleVersions: '0+' },
  {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        stateEpoch: int32('0+'),
        startOffset: int64('0+'),
      }),
    }),
  },
)
export type InitializeShareGroupStateRequest = Infer<typeof InitializeShareGroupStateRequest>

export const InitializeShareGroupStateResponse = message(
  { name: 'InitializeShareGroupStateResponse', apiKey: 83, validVersions: '0', flexibleVersions: '0+' },
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
export type InitializeShareGroupStateResponse = Infer<typeof InitializeShareGroupStateResponse>

export const initializeShareGroupState = api(
  'InitializeShareGroupState',
  InitializeShareGroupStateRequest,
  InitializeShareGroupStateResponse,
)
