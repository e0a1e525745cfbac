/** ReadShareGroupStateSummary (API key 87): reads where share partitions start, without their state. */
import { api, array, int16, int32, int64, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ReadShareGroupStateSummaryRequest = message(
  { name: 'ReadShareGroupStateSummaryRequest', apiKey: 87, validVersions: '0-1', flexibleVersions: '0+' },
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
export type ReadShareGroupStateSummaryRequest = Infer<typeof ReadShareGroupStateSummaryRequest>

export const ReadShareGroupStateSummaryResponse = message(
  { name: 'ReadShareGroupStateSummaryResponse', apiKey: 87, validVersions: '0-1', flexibleVersions: '0+' },
  {
    results: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        stateEpoch: int32('0+'),
        leaderEpoch: int32('0+'),
        startOffset: int64('0+'),
        deliveryCompleteCount: int32('1+', { default: -1, ignorable: true }),
      }),
    }),
  },
)
export type ReadShareGroupStateSummaryResponse = Infer<typeof ReadShareGroupStateSummaryResponse>

export const readShareGroupStateSummary = api(
  'ReadShareGroupStateSummary',
  ReadShareGroupStateSummaryRequest,
  ReadShareGroupStateSummaryResponse,
)
