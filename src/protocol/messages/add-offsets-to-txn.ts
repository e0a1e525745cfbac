/** AddOffsetsToTxn (API key 25): makes a group's offsets part of a transaction. */
import { api, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const AddOffsetsToTxnRequest = message(
  { name: 'AddOffsetsToTxnRequest', apiKey: 25, validVersions: '0-4', flexibleVersions: '3+' },
  {
    transactionalId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    groupId: string('0+'),
  },
)
export type AddOffsetsToTxnRequest = Infer<typeof AddOffsetsToTxnRequest>

export const AddOffsetsToTxnResponse = message(
  { name: 'AddOffsetsToTxnResponse', apiKey: 25, validVersions: '0-4', flexibleVersions: '3+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
  },
)
export type AddOffsetsToTxnResponse = Infer<typeof AddOffsetsToTxnResponse>

export const addOffsetsToTxn = api('AddOffsetsToTxn', AddOffsetsToTxnRequest, AddOffsetsToTxnResponse)
