/** ListPartitionReassignments (API key 46): lists the moves of partitions that are under way. */
import { api, array, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const ListPartitionReassignmentsRequest = message(
  { name: 'ListPartitionReassignmentsRequest', apiKey: 46, validVersions: '0', flexibleVersions: '0+' },
  {
    timeoutMs: int32('0+', { default: 60000 }),
    topics: array(
      '0+',
      {
        name: string('0+'),
        partitionIndexes: array('0+', 'int32'),
      },
      { nullable: '0+', default: null },
    ),
  },
)
export type ListPartitionReassignmentsRequest = Infer<typeof ListPartitionReassignmentsRequest>

export const ListPartitionReassignmentsResponse = message(
  { name: 'ListPartitionReassignmentsResponse', apiKey: 46, validVersions: '0', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicas: array('0+', 'int32'),
        addingReplicas: array('0+', 'int32'),
        removingReplicas: array('0+', 'int32'),
      }),
    }),
  },
)
export type ListPartitionReassignmentsResponse = Infer<typeof ListPartitionReassignmentsResponse>

export const listPartitionReassignments = api(
  'ListPartitionReassignments',
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
)
