/** AssignReplicasToDirs (API key 73): tells the controller in which folders replicas are. */
import { api, array, int16, int32, int64, message, uuid, type Infer } from '#protocol/schema.ts'

export const AssignReplicasToDirsRequest = message(
  { name: 'AssignReplicasToDirsRequest', apiKey: 73, validVersions: '0', flexibleVersions: '0+' },
  {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    directories: array('0+', {
      id: uuid('0+'),
      topics: array('0+', {
        topicId: uuid('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
        }),
      }),
    }),
  },
)
export type AssignReplicasToDirsRequest = Infer<typeof AssignReplicasToDirsRequest>

export const AssignReplicasToDirsResponse = message(
  { name: 'AssignReplicasToDirsResponse', apiKey: 73, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    directories: array('0+', {
      id: uuid('0+'),
      topics: array('0+', {
        topicId: uuid('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          errorCode: int16('0+'),
        }),
      }),
    }),
  },
)
export type AssignReplicasToDirsResponse = Infer<typeof AssignReplicasToDirsResponse>

export const assignReplicasToDirs = api(
  'AssignReplicasToDirs',
  AssignReplicasToDirsRequest,
  AssignReplicasToDirsResponse,
)
