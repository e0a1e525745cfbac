/** The value of the control record that ends a transaction. */
import { int32, message, type Infer } from '#protocol/schema.ts'

export const EndTxnMarker = message(
  { name: 'EndTxnMarker', validVersions: '0', flexibleVersions: 'none' },
  {
    coordinatorEpoch: int32('0+'),
  },
)
export type EndTxnMarker = Infer<typeof EndTxnMarker>
