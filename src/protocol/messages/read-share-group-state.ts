/** ReadShareGroupState (API key 84): reads the stored state of share partitions. */
import { api, array, int16, int32, int64, int8, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ReadShareGroupStateRequest = message(
  { name: 'ReadShareGroupStateRequest', apiKey: 84, validVersions: '0', flexibleVersions: '0+' },
  {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
  },
)
export type ReadShareGroupStateRequest = Infer<typeof ReadShareGroupStateRequest>

export const ReadShareGroupStateResponse = message(
  { name: 'ReadShareGroupStateResponse', apiKey: 84, validVersions: '0', flexibleVersions: '0+' },
  {
    results: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        stateEpoch: int32('0+'),
        startOffset: int64('0+'),
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
export type ReadShareGroupStateResponse = Infer<typeof ReadShareGroupStateResponse>

export const readShareGroupState = api(
  'ReadShareGroupState',
  ReadShareGroupStateRequest,
  ReadShareGroupStateResponse,
)
