/** FindCoordinator (API key 10): names the broker that coordinates a group, a transactional id or a share partition. */
import { api, array, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const FindCoordinatorRequest = message(
  { name: 'FindCoordinatorRequest', apiKey: 10, validVersions: '0-6', flexibleVersions: '3+' },
  {
    key: string('0-3'),
    keyType: int8('1+'),
    coordinatorKeys: array('4+', 'string'),
  },
)
export type FindCoordinatorRequest = Infer<typeof FindCoordinatorRequest>

export const FindCoordinatorResponse = message(
  { name: 'FindCoordinatorResponse', apiKey: 10, validVersions: '0-6', flexibleVersions: '3+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0-3'),
    errorMessage: string('1-3', { nullable: '1-3', ignorable: true }),
    nodeId: int32('0-3'),
    host: string('0-3'),
    port: int32('0-3'),
    coordinators: array('4+', {
      key: string('4+'),
      nodeId: int32('4+'),
      host: string('4+'),
      port: int32('4+'),
      errorCode: int16('4+'),
      errorMessage: string('4+', { nullable: '4+', ignorable: true }),
    }),
  },
)
export type FindCoordinatorResponse = Infer<typeof FindCoordinatorResponse>

export const findCoordinator = api('FindCoordinator', FindCoordinatorRequest, FindCoordinatorResponse)
