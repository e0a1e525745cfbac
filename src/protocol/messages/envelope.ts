/** Envelope (API key 58): carries a request of a client from a broker to the controller. */
import { api, bytes, int16, message, type Infer } from '#protocol/schema.ts'

export const EnvelopeRequest = message(
  { name: 'EnvelopeRequest', apiKey: 58, validVersions: '0', flexibleVersions: '0+' },
  {
    requestData: bytes('0+'),
    requestPrincipal: bytes('0+', { nullable: '0+' }),
    clientHostAddress: bytes('0+'),
  },
)
export type EnvelopeRequest = Infer<typeof EnvelopeRequest>

export const EnvelopeResponse = message(
  { name: 'EnvelopeResponse', apiKey: 58, validVersions: '0', flexibleVersions: '0+' },
  {
    responseData: bytes('0+', { nullable: '0+', default: null }),
    errorCode: int16('0+'),
  },
)
export type EnvelopeResponse = Infer<typeof EnvelopeResponse>

export const envelope = api('Envelope', EnvelopeRequest, EnvelopeResponse)
