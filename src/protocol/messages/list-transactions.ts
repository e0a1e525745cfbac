/** ListTransactions (API key 66): lists transactions. */
import { api, array, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const ListTransactionsRequest = message(
  { name: 'ListTransactionsRequest', apiKey: 66, validVersions: '0-2', flexibleVersions: '0+' },
  {
    stateFilters: array('0+', 'string'),
    producerIdFilters: array('0+', 'int64'),
    durationFilter: int64('1+', { default: -1 }),
    transactionalIdPattern: string('2+', { nullable: '2+', default: null }),
  },
)
export type ListTransactionsRequest = Infer<typeof ListTransactionsRequest>

export const ListTransactionsResponse = message(
  { name: 'ListTransactionsResponse', apiKey: 66, validVersions: '0-2', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    unknownStateFilters: array('0+', 'string'),
    transactionStates: array('0+', {
      transactionalId: string('0+'),
      producerId: int64('0+'),
      transactionState: string('0+'),
    }),
  },
)
export type ListTransactionsResponse = Infer<typeof ListTransactionsResponse>

export const listTransactions = api('ListTransactions', ListTransactionsRequest, ListTransactionsResponse)
