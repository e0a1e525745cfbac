/** AlterPartitionReassignments (API key 45): moves partitions to other brokers. */
import { api, array, bool, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const AlterPartitionReassignmentsRequest = message(
  { name: 'AlterPartitionReassignmentsRequest', apiKey: 45, validVersions: '0-1', flexibleVersions: '0+' },
  {
    timeoutMs: int32('0+', { default: 60000 }),
    allowReplicationFactorChange: bool('1+', { default: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicas: array('0+', 'int32', { nullable: '0+', default: null }),
      }),
    }),
  },
)
export type AlterPartitionReassignmentsRequest = Infer<typeof AlterPartitionReassignmentsRequest>

export const AlterPartitionReassignmentsResponse = message(
  { name: 'AlterPartitionReassignmentsResponse', apiKey: 45, validVersions: '0-1', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    allowReplicationFactorChange: bool('1+', { default: true, ignorable: true }),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    responses: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
)
export type AlterPartitionReassignmentsResponse = Infer<typeof AlterPartitionReassignmentsResponse>

export const alterPartitionReassignments = api(
  'AlterPartitionReassignments',
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
)
