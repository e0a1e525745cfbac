/** EndTxn (API key 26): commits or aborts a transaction. */
import { api, bool, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const EndTxnRequest = message(
  { name: 'EndTxnRequest', apiKey: 26, validVersions: '0-5', flexibleVersions: '3+' },
  {
    transactionalId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    committed: bool('0+'),
  },
)
export type EndTxnRequest = Infer<typeof EndTxnRequest>

export const EndTxnResponse = message(
  { name: 'EndTxnResponse', apiKey: 26, validVersions: '0-5', flexibleVersions: '3+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerId: int64('5+', { default: -1, ignorable: true }),
    producerEpoch: int16('5+', { default: -1, ignorable: true }),
  },
)
export type EndTxnResponse = Infer<typeof EndTxnResponse>

export const endTxn = api('EndTxn', EndTxnRequest, EndTxnResponse)
