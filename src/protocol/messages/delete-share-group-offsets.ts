/** DeleteShareGroupOffsets (API key 92): forgets where a share group starts in topics. */
import { api, array, int16, int32, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const DeleteShareGroupOffsetsRequest = message(
  { name: 'DeleteShareGroupOffsetsRequest', apiKey: 92, validVersions: '0', flexibleVersions: '0+' },
  {
    groupId: string('0+'),
    topics: array('0+', {
      topicName: string('0+'),
    }),
  },
)
export type DeleteShareGroupOffsetsRequest = Infer<typeof DeleteShareGroupOffsetsRequest>

export const DeleteShareGroupOffsetsResponse = message(
  { name: 'DeleteShareGroupOffsetsResponse', apiKey: 92, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array('0+', {
      topicName: string('0+'),
      topicId: uuid('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
)
export type DeleteShareGroupOffsetsResponse = Infer<typeof DeleteShareGroupOffsetsResponse>

export const deleteShareGroupOffsets = api(
  'DeleteShareGroupOffsets',
  DeleteShareGroupOffsetsRequest,
  DeleteShareGroupOffsetsResponse,
)
