/** WriteShareGroupState (API key 85): stores the state of share partitions. */
import { api, array, int16, int32, int64, int8, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const WriteShareGroupStateRequest = message(
  { name: 'WriteShareGroupStateRequest', apiKey: 85, validVersions: '0-1', flexibleVersions: '0+' },
  {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        stateEpoch: int32('0+'),
        leaderEpoch: int32('0+'),
        startOffset: int64('0+'),
        deliveryCompleteCount: int32('1+', { default: -1, ignorable: true }),
        stateBatches: array('0+', {
          firstOffset: int64('0+'),
          lastOffset: int64('0+'),
          deliveryState: int8('0+'),
          deliveryCount: int16('0+'),
        }),
      }),
    }),
  },
)
export type WriteShareGroupStateRequest = Infer<typeof WriteShareGroupStateRequest>

export const WriteShareGroupStateResponse = message(
  { name: 'WriteShareGroupStateResponse', apiKey: 85, validVersions: '0-1', flexibleVersions: '0+' },
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
export type WriteShareGroupStateResponse = Infer<typeof WriteShareGroupStateResponse>

export const writeShareGroupState = api(
  'WriteShareGroupState',
  WriteShareGroupStateRequest,
  WriteShareGroupStateResponse,
)
