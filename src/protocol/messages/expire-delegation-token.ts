/** ExpireDelegationToken (API key 40): ends a delegation token, now or later. */
import { api, bytes, int16, int32, int64, message, type Infer } from '#protocol/schema.ts'

export const ExpireDelegationTokenRequest = message(
  { name: 'ExpireDelegationTokenRequest', apiKey: 40, validVersions: '1-2', flexibleVersions: '2+' },
  {
    hmac: bytes('0+'),
    expiryTimePeriodMs: int64('0+'),
  },
)
export type ExpireDelegationTokenRequest = Infer<typeof ExpireDelegationTokenRequest>

export const ExpireDelegationTokenResponse = message(
  { name: 'ExpireDelegationTokenResponse', apiKey: 40, validVersions: '1-2', flexibleVersions: '2+' },
  {
    errorCode: int16('0+'),
    expiryTimestampMs: int64('0+'),
    throttleTimeMs: int32('0+'),
  },
)
export type ExpireDelegationTokenResponse = Infer<typeof ExpireDelegationTokenResponse>

export const expireDelegationToken = api(
  'ExpireDelegationToken',
  ExpireDelegationTokenRequest,
  ExpireDelegationTokenResponse,
)
