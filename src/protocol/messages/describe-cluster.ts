/** DescribeCluster (API key 60): names the cluster, its brokers and its controller. */
import { api, array, bool, int16, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const DescribeClusterRequest = message(
  { name: 'DescribeClusterRequest', apiKey: 60, validVersions: '0-2', flexibleVersions: '0+' },
  {
    includeClusterAuthorizedOperations: bool('0+'),
    endpointType: int8('1+', { default: 1 }),
    includeFencedBrokers: bool('2+'),
  },
)
export type DescribeClusterRequest = Infer<typeof DescribeClusterRequest>

export const DescribeClusterResponse = message(
  { name: 'DescribeClusterResponse', apiKey: 60, validVersions: '0-2', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    endpointType: int8('1+', { default: 1 }),
    clusterId: string('0+'),
    controllerId: int32('0+', { default: -1 }),
    brokers: array('0+', {
      brokerId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: string('0+', { nullable: '0+', default: null }),
      isFenced: bool('2+'),
    }),
    clusterAuthorizedOperations: int32('0+', { default: -2147483648 }),
  },
)
export type DescribeClusterResponse = Infer<typeof DescribeClusterResponse>

export const describeCluster = api('DescribeCluster', DescribeClusterRequest, DescribeClusterResponse)
