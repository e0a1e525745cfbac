/** AlterReplicaLogDirs (API key 34): moves replicas to other folders of a broker. */
import { api, array, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const AlterReplicaLogDirsRequest = message(
  { name: 'AlterReplicaLogDirsRequest', apiKey: 34, validVersions: '1-2', flexibleVersions: '2+' },
  {
    dirs: array('0+', {
      path: string('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', 'int32'),
      }),
    }),
  },
)
export type AlterReplicaLogDirsRequest = Infer<typeof AlterReplicaLogDirsRequest>

export const AlterReplicaLogDirsResponse = message(
  { name: 'AlterReplicaLogDirsResponse', apiKey: 34, validVersions: '1-2', flexibleVersions: '2+' },
  {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
      }),
    }),
  },
)
export type AlterReplicaLogDirsResponse = Infer<typeof AlterReplicaLogDirsResponse>

export const alterReplicaLogDirs = api(
  'AlterReplicaLogDirs',
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
)
