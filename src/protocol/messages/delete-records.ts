/** DeleteRecords (API key 21): moves the start of partitions forward, so that records before it are gone. */
import { api, array, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const DeleteRecordsRequest = message(
  { name: 'DeleteRecordsRequest', apiKey: 21, validVersions: '0-2', flexibleVersions: '2+' },
  {
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        offset: int64('0+'),
      }),
    }),
    timeoutMs: int32('0+'),
  },
)
export type DeleteRecordsRequest = Infer<typeof DeleteRecordsRequest>

export const DeleteRecordsResponse = message(
  { name: 'DeleteRecordsResponse', apiKey: 21, validVersions: '0-2', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        lowWatermark: int64('0+'),
        errorCode: int16('0+'),
      }),
    }),
  },
)
export type DeleteRecordsResponse = Infer<typeof DeleteRecordsResponse>

export const deleteRecords = api('DeleteRecords', DeleteRecordsRequest, DeleteRecordsResponse)
