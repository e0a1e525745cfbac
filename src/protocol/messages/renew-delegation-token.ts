/** RenewDelegationToken (API key 39): lets a delegation token live longer. */
import { api, bytes, int16, int32, int64, message, type Infer } from '#protocol/schema.ts'

export const RenewDelegationTokenRequest = message(
  { name: 'RenewDelegationTokenRequest', apiKey: 39, validVersions: '1-2', flexibleVersions: '2+' },
  {
    hmac: bytes('0+'),
    renewPeriodMs: int64('0+'),
  },
)
export type RenewDelegationTokenRequest = Infer<typeof RenewDelegationTokenRequest>

export const RenewDelegationTokenResponse = message(
  { name: 'RenewDelegationTokenResponse', apiKey: 39, validVersions: '1-2', flexibleVersions: '2+' },
  {
    errorCode: int16('0+'),
    expiryTimestampMs: int64('0+'),
    throttleTimeMs: int32('0+'),
  },
)
export type RenewDelegationTokenResponse = Infer<typeof RenewDelegationTokenResponse>

export const renewDelegationToken = api(
  'RenewDelegationToken',
  RenewDelegationTokenRequest,
  RenewDelegationTokenResponse,
)
