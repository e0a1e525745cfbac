/** DescribeLogDirs (API key 35): tells what a broker's data folders hold. */
import { api, array, bool, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const DescribeLogDirsRequest = message(
  { name: 'DescribeLogDirsRequest', apiKey: 35, validVersions: '1-5', flexibleVersions: '2+' },
  {
    topics: array(
      '0+',
      {
        topic: string('0+'),
        partitions: array('0+', 'int32'),
      },
      { nullable: '0+' },
    ),
  },
)
export type DescribeLogDirsRequest = Infer<typeof DescribeLogDirsRequest>

export const DescribeLogDirsResponse = message(
  { name: 'DescribeLogDirsResponse', apiKey: 35, validVersions: '1-5', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('3+', { ignorable: true }),
    results: array('0+', {
      errorCode: int16('0+'),
      logDir: string('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          partitionSize: int64('0+'),
          offsetLag: int64('0+'),
          isFutureKey: bool('0+'),
        }),
      }),
      totalBytes: int64('4+', { default: -1, ignorable: true }),
      usableBytes: int64('4+', { default: -1, ignorable: true }),
      isCordoned: bool('5+', { ignorable: true }),
    }),
  },
)
export type DescribeLogDirsResponse = Infer<typeof DescribeLogDirsResponse>

export const describeLogDirs = api('DescribeLogDirs', DescribeLogDirsRequest, DescribeLogDirsResponse)
