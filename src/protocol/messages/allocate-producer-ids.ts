/** AllocateProducerIds (API key 67): gives a broker a block of producer ids. */
import { api, int16, int32, int64, message, type Infer } from '#protocol/schema.ts'

export const AllocateProducerIdsRequest = message(
  { name: 'AllocateProducerIdsRequest', apiKey: 67, validVersions: '0', flexibleVersions: '0+' },
  {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
  },
)
export type AllocateProducerIdsRequest = Infer<typeof AllocateProducerIdsRequest>

export const AllocateProducerIdsResponse = message(
  { name: 'AllocateProducerIdsResponse', apiKey: 67, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerIdStart: int64('0+'),
    producerIdLen: int32('0+'),
  },
)
export type AllocateProducerIdsResponse = Infer<typeof AllocateProducerIdsResponse>

export const allocateProducerIds = api(
  'AllocateProducerIds',
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
)
