/** BrokerRegistration (API key 62): makes a broker known to the controller. */
import {
  api,
  array,
  bool,
  int16,
  int32,
  int64,
  message,
  string,
  uint16,
  uuid,
  type Infer,
} from '#protocol/schema.ts'

export const BrokerRegistrationRequest = message(
  { name: 'BrokerRegistrationRequest', apiKey: 62, validVersions: '0-4', flexibleVersions: '0+' },
  {
    brokerId: int32('0+'),
    clusterId: string('0+'),
    incarnationId: uuid('0+'),
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
    rack: string('0+', { nullable: '0+' }),
    isMigratingZkBroker: bool('1+'),
    logDirs: array('2+', 'uuid', { ignorable: true }),
    previousBrokerEpoch: int64('3+', { default: -1, ignorable: true }),
  },
)
export type BrokerRegistrationRequest = Infer<typeof BrokerRegistrationRequest>

export const BrokerRegistrationResponse = message(
  { name: 'BrokerRegistrationResponse', apiKey: 62, validVersions: '0-4', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
  },
)
export type BrokerRegistrationResponse = Infer<typeof BrokerRegistrationResponse>

export const brokerRegistration = api(
  'BrokerRegistration',
  BrokerRegistrationRequest,
  BrokerRegistrationResponse,
)
