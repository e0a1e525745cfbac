/** SaslAuthenticate (API key 36): carries one step of a SASL exchange. */
import { api, bytes, int16, int64, message, string, type Infer } from '#protocol/schema.ts'

export const SaslAuthenticateRequest = message(
  { name: 'SaslAuthenticateRequest', apiKey: 36, validVersions: '0-2', flexibleVersions: '2+' },
  {
    authBytes: bytes('0+'),
  },
)
export type SaslAuthenticateRequest = Infer<typeof SaslAuthenticateRequest>

export const SaslAuthenticateResponse = message(
  { name: 'SaslAuthenticateResponse', apiKey: 36, validVersions: '0-2', flexibleVersions: '2+' },
  {
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    authBytes: bytes('0+'),
    sessionLifetimeMs: int64('1+', { ignorable: true }),
  },
)
export type SaslAuthenticateResponse = Infer<typeof SaslAuthenticateResponse>

export const saslAuthenticate = api('SaslAuthenticate', SaslAuthenticateRequest, SaslAuthenticateResponse)
