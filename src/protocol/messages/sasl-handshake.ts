/** SaslHandshake (API key 17): chooses the SASL mechanism. */
import { api, array, int16, message, string, type Infer } from '#protocol/schema.ts'

export const SaslHandshakeRequest = message(
  { name: 'SaslHandshakeRequest', apiKey: 17, validVersions: '0-1', flexibleVersions: 'none' },
  {
    mechanism: string('0+'),
  },
)
export type SaslHandshakeRequest = Infer<typeof SaslHandshakeRequest>

export const SaslHandshakeResponse = message(
  { name: 'SaslHandshakeResponse', apiKey: 17, validVersions: '0-1', flexibleVersions: 'none' },
  {
    errorCode: int16('0+'),
    mechanisms: array('0+', 'string'),
  },
)
export type SaslHandshakeResponse = Infer<typeof SaslHandshakeResponse>

export const saslHandshake = api('SaslHandshake', SaslHandshakeRequest, SaslHandshakeResponse)
