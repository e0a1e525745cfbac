/** What stands before the body of every response. */
import { int32, message, type Infer } from '#protocol/schema.ts'

export const ResponseHeader = message(
  { name: 'ResponseHeader', validVersions: '0-1', flexibleVersions: '1+' },
  {
    correlationId: int32('0+'),
  },
)
export type ResponseHeader = Infer<typeof ResponseHeader>
