/** GetTelemetrySubscriptions (API key 71): tells a client which metrics to send (KIP-714). */
import { api, array, bool, int16, int32, message, uuid, type Infer } from '#protocol/schema.ts'

export const GetTelemetrySubscriptionsRequest = message(
  { name: 'GetTelemetrySubscriptionsRequest', apiKey: 71, validVersions: '0', flexibleVersions: '0+' },
  {
    clientInstanceId: uuid('0+'),
  },
)
export type GetTelemetrySubscriptionsRequest = Infer<typeof GetTelemetrySubscriptionsRequest>

export const GetTelemetrySubscriptionsResponse = message(
  { name: 'GetTelemetrySubscriptionsResponse', apiKey: 71, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    clientInstanceId: uuid('0+'),
    subscriptionId: int32('0+'),
    acceptedCompressionTypes: array('0+', 'int8'),
    pushIntervalMs: int32('0+'),
    telemetryMaxBytes: int32('0+'),
    deltaTemporality: bool('0+'),
    requestedMetrics: array('0+', 'string'),
  },
)
export type GetTelemetrySubscriptionsResponse = Infer<typeof GetTelemetrySubscriptionsResponse>

export const getTelemetrySubscriptions = api(
  'GetTelemetrySubscriptions',
  GetTelemetrySubscriptionsRequest,
  GetTelemetrySubscriptionsResponse,
)
