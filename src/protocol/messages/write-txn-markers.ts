/** WriteTxnMarkers (API key 27): writes the markers that end a transaction into its partitions. */
import { api, array, bool, int16, int32, int64, int8, message, string, type Infer } from '#protocol/schema.ts'

export const WriteTxnMarkersRequest = message(
  { name: 'WriteTxnMarkersRequest', apiKey: 27, validVersions: '1-2', flexibleVersions: '1+' },
  {
    markers: array('0+', {
      producerId: int64('0+'),
      producerEpoch: int16('0+'),
      transactionResult: bool('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitionIndexes: array('0+', 'int32'),
      }),
      coordinatorEpoch: int32('0+'),
      transactionVersion: int8('2+', { ignorable: true }),
    }),
  },
)
export type WriteTxnMarkersRequest = Infer<typeof WriteTxnMarkersRequest>

export const WriteTxnMarkersResponse = message(
  { name: 'WriteTxnMarkersResponse', apiKey: 27, validVersions: '1-2', flexibleVersions: '1+' },
  {
    markers: array('0+', {
      producerId: int64('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          errorCode: int16('0+'),
        }),
      }),
    }),
  },
)
export type WriteTxnMarkersResponse = Infer<typeof WriteTxnMarkersResponse>

export const writeTxnMarkers = api('WriteTxnMarkers', WriteTxnMarkersRequest, WriteTxnMarkersResponse)
