/** What stands before the body of every request. */
import { int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const RequestHeader = message(
  { name: 'RequestHeader', validVersions: '1-2', flexibleVersions: '2+' },
  {
    requestApiKey: int16('0+'),
    requestApiVersion: int16('0+'),
    correlationId: int32('0+'),
    clientId: string('1+', { nullable: '1+', flexible: 'none' }),
  },
)
export type RequestHeader = Infer<typeof RequestHeader>
