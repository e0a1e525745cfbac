/** ControllerRegistration (API key 70): makes a controller known to the active one. */
import {
  api,
  array,
  bool,
  int16,
  int32,
  message,
  string,
  uint16,
  uuid,
  type Infer,
} from '#protocol/schema.ts'

export const ControllerRegistrationRequest = message(
  { name: 'ControllerRegistrationRequest', apiKey: 70, validVersions: '0', flexibleVersions: '0+' },
  {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: bool('0+'),
    listeners: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
      securityProtocol: int16('0+'),
    }),
    features: array('0+', {
      name: string('0+'),
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
  },
)
export type ControllerRegistrationRequest = Infer<typeof ControllerRegistrationRequest>

export const ControllerRegistrationResponse = message(
  { name: 'ControllerRegistrationResponse', apiKey: 70, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
  },
)
export type ControllerRegistrationResponse = Infer<typeof ControllerRegistrationResponse>

export const controllerRegistration = api(
  'ControllerRegistration',
  ControllerRegistrationRequest,
  ControllerRegistrationResponse,
)
