/** DescribeShareGroupOffsets (API key 90): tells where share groups start in their partitions. */
import { api, array, int16, int32, int64, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const DescribeShareGroupOffsetsRequest = message(
  { name: 'DescribeShareGroupOffsetsRequest', apiKey: 90, validVersions: '0-1', flexibleVersions: '0+' },
  {
    groups: array('0+', {
      groupId: string('0+'),
      topics: array(
        '0+',
        {
          topicName: string('0+'),
          partitions: array('0+', 'int32'),
        },
        { nullable: '0+' },
      ),
    }),
  },
)
export type DescribeShareGroupOffsetsRequest = Infer<typeof DescribeShareGroupOffsetsRequest>

export const DescribeShareGroupOffsetsResponse = message(
  { name: 'DescribeShareGroupOffsetsResponse', apiKey: 90, validVersions: '0-1', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    groups: array('0+', {
      groupId: string('0+'),
      topics: array('0+', {
        topicName: string('0+'),
        topicId: uuid('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          startOffset: int64('0+'),
          leaderEpoch: int32('0+'),
          lag: int64('1+', { default: -1, ignorable: true }),
          errorCode: int16('0+'),
          errorMessage: string('0+', { nullable: '0+', default: null }),
        }),
      }),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
)
export type DescribeShareGroupOffsetsResponse = Infer<typeof DescribeShareGroupOffsetsResponse>

export const describeShareGroupOffsets = api(
  'DescribeShareGroupOffsets',
  DescribeShareGroupOffsetsRequest,
  DescribeShareGroupOffsetsResponse,
)
