/**
 * UpdateFeatures (API key 57), versions 0–2: raises and lowers the levels of the cluster's features, all or none.
 * Version 0 cannot lower them; up to version 1 a success names each feature. Work: metadata/feature-updates.ts.
 * Gaps: of Kafka's features only metadata.version and eligible.leader.replicas.version are there; the others are
 * refused as Kafka refuses a feature that it does not know.
 */
import type { UpgradeType } from '#metadata/features.ts'
import { errorCode } from '#protocol/error-codes.ts'
import { updateFeatures } from '#protocol/messages/update-features.ts'
import type { UpdateFeaturesRequest, UpdateFeaturesResponse } from '#protocol/messages/update-features.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'

const upgradeTypes: ReadonlyMap<number, UpgradeType> = new Map([
  [1, 'UPGRADE'],
  [2, 'SAFE_DOWNGRADE'],
  [3, 'UNSAFE_DOWNGRADE'],
])

export const updateFeaturesHandler: Handler<UpdateFeaturesRequest, Input<typeof UpdateFeaturesResponse>> = {
  message: updateFeatures,
  versions: { min: 0, max: 2 },
  async handle({ services }, { featureUpdates, validateOnly }) {
    const updates = featureUpdates.map(({ feature, maxVersionLevel, upgradeType }) => ({
      name: feature,
      level: maxVersionLevel,
      upgradeType: upgradeTypes.get(upgradeType) ?? 'UNKNOWN',
    }))
    const fault = await services.features.update(updates, validateOnly)
    if (fault !== undefined) {
      return {
        errorCode: errorCode(fault.error),
        errorMessage: `The update failed for all features since the following feature had an error: ${fault.message}`,
        results: [],
      }
    }
    return {
      errorCode: 0,
      errorMessage: null,
      // Kafka, too, has the name of the code where other APIs have no message.
      results: featureUpdates.map(({ feature }) => ({ feature, errorCode: 0, errorMessage: 'NONE' })),
    }
  },
}
