/** UnregisterBroker (API key 64): forgets a broker. */
import { api, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const UnregisterBrokerRequest = message(
  { name: 'UnregisterBrokerRequest', apiKey: 64, validVersions: '0', flexibleVersions: '0+' },
  {
    brokerId: int32('0+'),
  },
)
export type UnregisterBrokerRequest = Infer<typeof UnregisterBrokerRequest>

export const UnregisterBrokerResponse = message(
  { name: 'UnregisterBrokerResponse', apiKey: 64, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
  },
)
export type UnregisterBrokerResponse = Infer<typeof UnregisterBrokerResponse>

export const unregisterBroker = api('UnregisterBroker', UnregisterBrokerRequest, UnregisterBrokerResponse)
