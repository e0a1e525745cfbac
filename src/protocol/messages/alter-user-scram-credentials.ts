/** AlterUserScramCredentials (API key 51): sets and removes SCRAM credentials. */
import { api, array, bytes, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const AlterUserScramCredentialsRequest = message(
  { name: 'AlterUserScramCredentialsRequest', apiKey: 51, validVersions: '0', flexibleVersions: '0+' },
  {
    deletions: array('0+', {
      name: string('0+'),
      mechanism: int8('0+'),
    }),
    upsertions: array('0+', {
      name: string('0+'),
      mechanism: int8('0+'),
      iterations: int32('0+'),
      salt: bytes('0+'),
      saltedPassword: bytes('0+'),
    }),
  },
)
export type AlterUserScramCredentialsRequest = Infer<typeof AlterUserScramCredentialsRequest>

export const AlterUserScramCredentialsResponse = message(
  { name: 'AlterUserScramCredentialsResponse', apiKey: 51, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      user: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
    }),
  },
)
export type AlterUserScramCredentialsResponse = Infer<typeof AlterUserScramCredentialsResponse>

export const alterUserScramCredentials = api(
  'AlterUserScramCredentials',
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
)
