/**
 * ApiVersions (API key 18), versions 0–4: which APIs and versions this broker answers, and its features.
 * A version that is too new is answered in version 0 with UNSUPPORTED_VERSION and the range of this API (KIP-511);
 * api/dispatch.ts does that. Version 3 hides features whose lowest level is 0 (KIP-1022).
 * Features: metadata/features.ts.
 * Gaps: of Kafka's features only metadata.version and eligible.leader.replicas.version are there; each of the others
 * comes with what it stands for.
 */
import { features } from '#metadata/features.ts'
import { apiVersions } from '#protocol/messages/api-versions.ts'
import type { ApiVersionsRequest, ApiVersionsResponse } from '#protocol/messages/api-versions.ts'
import { apiKeys } from '#protocol/api-keys.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { AnyHandler } from '../dispatch.ts'
import type { Handler } from '../handler.ts'

/** Earlier clients fail over a feature whose lowest level is 0. */
const firstWithLevelZero = 4

/** As Kafka's ApiVersionsRequest.isValid: what a client may call itself. */
const softwareName = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

export function makeApiVersionsHandler(
  handlers: () => readonly AnyHandler[],
): Handler<ApiVersionsRequest, Input<typeof ApiVersionsResponse>> {
  return {
    message: apiVersions,
    versions: { min: 0, max: 4 },
    handle({ services, version }, request) {
      if (
        version >= 3 &&
        !(softwareName.test(request.clientSoftwareName) && softwareName.test(request.clientSoftwareVersion))
      ) {
        return { errorCode: errorCode('INVALID_REQUEST'), apiKeys: [] }
      }
      const levels = services.features.levels()
      return {
        errorCode: errorCode('NONE'),
        apiKeys: handlers().map(rangeOf),
        supportedFeatures: features
          .filter(({ minLevel }) => version >= firstWithLevelZero || minLevel > 0)
          .map(({ name, minLevel, maxLevel }) => ({ name, minVersion: minLevel, maxVersion: maxLevel })),
        finalizedFeaturesEpoch: services.metadataLog.endOffset,
        finalizedFeatures: features
          .map(feature => ({ name: feature.name, level: levels.level(feature) }))
          .filter(({ level }) => level > 0)
          .map(({ name, level }) => ({ name, minVersionLevel: level, maxVersionLevel: level })),
      }
    },
  }
}

/** The answer in version 0 to a version that is too new. */
export function unsupportedApiVersions(handlers: readonly AnyHandler[]): Input<typeof ApiVersionsResponse> {
  return {
    errorCode: errorCode('UNSUPPORTED_VERSION'),
    apiKeys: handlers.filter(handler => handler.message.key === apiKeys.ApiVersions).map(rangeOf),
  }
}

function rangeOf(handler: AnyHandler): { apiKey: number; minVersion: number; maxVersion: number } {
  const { message, versions, advertisedMin } = handler
  return { apiKey: message.key, minVersion: advertisedMin ?? versions.min, maxVersion: versions.max }
}
