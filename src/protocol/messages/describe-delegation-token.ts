/** DescribeDelegationToken (API key 41): lists delegation tokens. */
import { api, array, bytes, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const DescribeDelegationTokenRequest = message(
  { name: 'DescribeDelegationTokenRequest', apiKey: 41, validVersions: '1-3', flexibleVersions: '2+' },
  {
    owners: array(
      '0+',
      {
        principalType: string('0+'),
        principalName: string('0+'),
      },
      { nullable: '0+' },
    ),
  },
)
export type DescribeDelegationTokenRequest = Infer<typeof DescribeDelegationTokenRequest>

export const DescribeDelegationTokenResponse = message(
  { name: 'DescribeDelegationTokenResponse', apiKey: 41, validVersions: '1-3', flexibleVersions: '2+' },
  {
    errorCode: int16('0+'),
    tokens: array('0+', {
      principalType: string('0+'),
      principalName: string('0+'),
      tokenRequesterPrincipalType: string('3+'),
      tokenRequesterPrincipalName: string('3+'),
      issueTimestamp: int64('0+'),
      expiryTimestamp: int64('0+'),
      maxTimestamp: int64('0+'),
      tokenId: string('0+'),
      hmac: bytes('0+'),
      renewers: array('0+', {
        principalType: string('0+'),
        principalName: string('0+'),
      }),
    }),
    throttleTimeMs: int32('0+'),
  },
)
export type DescribeDelegationTokenResponse = Infer<typeof DescribeDelegationTokenResponse>

export const describeDelegationToken = api(
  'DescribeDelegationToken',
  DescribeDelegationTokenRequest,
  DescribeDelegationTokenResponse,
)
