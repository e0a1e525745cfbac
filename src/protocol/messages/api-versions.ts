/** ApiVersions (API key 18): tells which APIs, versions and features a broker has. */
import { api, array, bool, int16, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const ApiVersionsRequest = message(
  { name: 'ApiVersionsRequest', apiKey: 18, validVersions: '0-4', flexibleVersions: '3+' },
  {
    clientSoftwareName: string('3+', { ignorable: true }),
    clientSoftwareVersion: string('3+', { ignorable: true }),
  },
)
export type ApiVersionsRequest = Infer<typeof ApiVersionsRequest>

export const ApiVersionsResponse = message(
  { name: 'ApiVersionsResponse', apiKey: 18, validVersions: '0-4', flexibleVersions: '3+' },
  {
    errorCode: int16('0+'),
    apiKeys: array('0+', {
      apiKey: int16('0+'),
      minVersion: int16('0+'),
      maxVersion: int16('0+'),
    }),
    throttleTimeMs: int32('1+', { ignorable: true }),
    supportedFeatures: array(
      '3+',
      {
        name: string('3+'),
        minVersion: int16('3+'),
        maxVersion: int16('3+'),
      },
      { tag: 0, ignorable: true },
    ),
    finalizedFeaturesEpoch: int64('3+', { default: -1, tag: 1, ignorable: true }),
    finalizedFeatures: array(
      '3+',
      {
        name: string('3+'),
        maxVersionLevel: int16('3+'),
        minVersionLevel: int16('3+'),
      },
      { tag: 2, ignorable: true },
    ),
    zkMigrationReady: bool('3+', { tag: 3, ignorable: true }),
  },
)
export type ApiVersionsResponse = Infer<typeof ApiVersionsResponse>

export const apiVersions = api('ApiVersions', ApiVersionsRequest, ApiVersionsResponse)
