/** AlterShareGroupOffsets (API key 91): sets where a share group starts in its partitions. */
import { api, array, int16, int32, int64, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const AlterShareGroupOffsetsRequest = message(
  { name: 'AlterShareGroupOffsetsRequest', apiKey: 91, validVersions: '0', flexibleVersions: '0+' },
  {
    groupId: string('0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        startOffset: int64('0+'),
      }),
    }),
  },
)
export type AlterShareGroupOffsetsRequest = Infer<typeof AlterShareGroupOffsetsRequest>

export const AlterShareGroupOffsetsResponse = message(
  { name: 'AlterShareGroupOffsetsResponse', apiKey: 91, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array('0+', {
      topicName: string('0+'),
      topicId: uuid('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
)
export type AlterShareGroupOffsetsResponse = Infer<typeof AlterShareGroupOffsetsResponse>

export const alterShareGroupOffsets = api(
  'AlterShareGroupOffsets',
  AlterShareGroupOffsetsRequest,
  AlterShareGroupOffsetsResponse,
)
