/** ListOffsets (API key 2): finds offsets by timestamp, or the first, the last and other special ones. */
import { api, array, int16, int32, int64, int8, message, string, type Infer } from '#protocol/schema.ts'

export const ListOffsetsRequest = message(
  { name: 'ListOffsetsRequest', apiKey: 2, validVersions: '1-11', flexibleVersions: '6+' },
  {
    replicaId: int32('0+'),
    isolationLevel: int8('2+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        currentLeaderEpoch: int32('4+', { default: -1, ignorable: true }),
        timestamp: int64('0+'),
      }),
    }),
    timeoutMs: int32('10+', { ignorable: true }),
  },
)
export type ListOffsetsRequest = Infer<typeof ListOffsetsRequest>

export const ListOffsetsResponse = message(
  { name: 'ListOffsetsResponse', apiKey: 2, validVersions: '1-11', flexibleVersions: '6+' },
  {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        timestamp: int64('1+', { default: -1 }),
        offset: int64('1+', { default: -1 }),
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
)
export type ListOffsetsResponse = Infer<typeof ListOffsetsResponse>

export const listOffsets = api('ListOffsets', ListOffsetsRequest, ListOffsetsResponse)
