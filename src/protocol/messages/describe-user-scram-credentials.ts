/** DescribeUserScramCredentials (API key 50): tells which SCRAM credentials users have. */
import { api, array, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const DescribeUserScramCredentialsRequest = message(
  { name: 'DescribeUserScramCredentialsRequest', apiKey: 50, validVersions: '0', flexibleVersions: '0+' },
  {
    users: array(
      '0+',
      {
        name: string('0+'),
      },
      { nullable: '0+' },
    ),
  },
)
export type DescribeUserScramCredentialsRequest = Infer<typeof DescribeUserScramCredentialsRequest>

export const DescribeUserScramCredentialsResponse = message(
  { name: 'DescribeUserScramCredentialsResponse', apiKey: 50, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array('0+', {
      user: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      credentialInfos: array('0+', {
        mechanism: int8('0+'),
        iterations: int32('0+'),
      }),
    }),
  },
)
export type DescribeUserScramCredentialsResponse = Infer<typeof DescribeUserScramCredentialsResponse>

export const describeUserScramCredentials = api(
  'DescribeUserScramCredentials',
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
)
