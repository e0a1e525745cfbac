/** BrokerHeartbeat (API key 63): keeps a broker alive in the eyes of the controller. */
import { api, array, bool, int16, int32, int64, message, type Infer } from '#protocol/schema.ts'

export const BrokerHeartbeatRequest = message(
  { name: 'BrokerHeartbeatRequest', apiKey: 63, validVersions: '0-2', flexibleVersions: '0+' },
  {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    currentMetadataOffset: int64('0+'),
    wantFence: bool('0+'),
    wantShutDown: bool('0+'),
    offlineLogDirs: array('1+', 'uuid', { tag: 0 }),
    cordonedLogDirs: array('2+', 'uuid', { nullable: '2+', default: null, tag: 1 }),
  },
)
export type BrokerHeartbeatRequest = Infer<typeof BrokerHeartbeatRequest>

export const BrokerHeartbeatResponse = message(
  { name: 'BrokerHeartbeatResponse', apiKey: 63, validVersions: '0-2', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    isCaughtUp: bool('0+'),
    isFenced: bool('0+', { default: true }),
    shouldShutDown: bool('0+'),
  },
)
export type BrokerHeartbeatResponse = Infer<typeof BrokerHeartbeatResponse>

export const brokerHeartbeat = api('BrokerHeartbeat', BrokerHeartbeatRequest, BrokerHeartbeatResponse)
