/** UpdateFeatures (API key 57): changes the levels of cluster features. */
import { api, array, bool, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const UpdateFeaturesRequest = message(
  { name: 'UpdateFeaturesRequest', apiKey: 57, validVersions: '0-2', flexibleVersions: '0+' },
  {
    timeoutMs: int32('0+', { default: 60000 }),
    featureUpdates: array('0+', {
      feature: string('0+'),
      maxVersionLevel: int16('0+'),
      allowDowngrade: bool('0'),
      upgradeType: int8('1+', { default: 1 }),
    }),
    validateOnly: bool('1+'),
  },
)
export type UpdateFeaturesRequest = Infer<typeof UpdateFeaturesRequest>

export const UpdateFeaturesResponse = message(
  { name: 'UpdateFeaturesResponse', apiKey: 57, validVersions: '0-2', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array(
      '0-1',
      {
        feature: string('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
      },
      { ignorable: true },
    ),
  },
)
export type UpdateFeaturesResponse = Infer<typeof UpdateFeaturesResponse>

export const updateFeatures = api('UpdateFeatures', UpdateFeaturesRequest, UpdateFeaturesResponse)
