/** OffsetDelete (API key 47): deletes committed offsets of a group. */
import { api, array, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const OffsetDeleteRequest = message(
  { name: 'OffsetDeleteRequest', apiKey: 47, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
      }),
    }),
  },
)
export type OffsetDeleteRequest = Infer<typeof OffsetDeleteRequest>

export const OffsetDeleteResponse = message(
  { name: 'OffsetDeleteResponse', apiKey: 47, validVersions: '0', flexibleVersions: 'none' },
  {
    errorCode: int16('0+'),
    throttleTimeMs: int32('0+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
      }),
    }),
  },
)
export type OffsetDeleteResponse = Infer<typeof OffsetDeleteResponse>

export const offsetDelete = api('OffsetDelete', OffsetDeleteRequest, OffsetDeleteResponse)
