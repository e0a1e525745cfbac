/** CreateDelegationToken (API key 38): creates a delegation token. */
import { api, array, bytes, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const CreateDelegationTokenRequest = message(
  { name: 'CreateDelegationTokenRequest', apiKey: 38, validVersions: '1-3', flexibleVersions: '2+' },
  {
    ownerPrincipalType: string('3+', { nullable: '3+' }),
    ownerPrincipalName: string('3+', { nullable: '3+' }),
    renewers: array('0+', {
      principalType: string('0+'),
      principalName: string('0+'),
    }),
    maxLifetimeMs: int64('0+'),
  },
)
export type CreateDelegationTokenRequest = Infer<typeof CreateDelegationTokenRequest>

export const CreateDelegationTokenResponse = message(
  { name: 'CreateDelegationTokenResponse', apiKey: 38, validVersions: '1-3', flexibleVersions: '2+' },
  {
    errorCode: int16('0+'),
    principalType: string('0+'),
    principalName: string('0+'),
    tokenRequesterPrincipalType: string('3+'),
    tokenRequesterPrincipalName: string('3+'),
    issueTimestampMs: int64('0+'),
    expiryTimestampMs: int64('0+'),
    maxTimestampMs: int64('0+'),
    tokenId: string('0+'),
    hmac: bytes('0+'),
    throttleTimeMs: int32('0+'),
  },
)
export type CreateDelegationTokenResponse = Infer<typeof CreateDelegationTokenResponse>

export const createDelegationToken = api(
  'CreateDelegationToken',
  CreateDelegationTokenRequest,
  CreateDelegationTokenResponse,
)
