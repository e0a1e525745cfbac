/** A principal as Kafka passes it on in Envelope. */
import { bool, message, string, type Infer } from '#protocol/schema.ts'

export const DefaultPrincipalData = message(
  { name: 'DefaultPrincipalData', validVersions: '0', flexibleVersions: '0+' },
  {
    type: string('0+'),
    name: string('0+'),
    tokenAuthenticated: bool('0+'),
  },
)
export type DefaultPrincipalData = Infer<typeof DefaultPrincipalData>
