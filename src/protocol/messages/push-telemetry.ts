/** PushTelemetry (API key 72): sends a client's metrics (KIP-714). */
import { api, bool, bytes, int16, int32, int8, message, uuid, type Infer } from '#protocol/schema.ts'

export const PushTelemetryRequest = message(
  { name: 'PushTelemetryRequest', apiKey: 72, validVersions: '0', flexibleVersions: '0+' },
  {
    clientInstanceId: uuid('0+'),
    subscriptionId: int32('0+'),
    terminating: bool('0+'),
    compressionType: int8('0+'),
    metrics: bytes('0+'),
  },
)
export type PushTelemetryRequest = Infer<typeof PushTelemetryRequest>

export const PushTelemetryResponse = message(
  { name: 'PushTelemetryResponse', apiKey: 72, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
  },
)
export type PushTelemetryResponse = Infer<typeof PushTelemetryResponse>

export const pushTelemetry = api('PushTelemetry', PushTelemetryRequest, PushTelemetryResponse)
