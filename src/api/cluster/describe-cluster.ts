/**
 * DescribeCluster (API key 60), versions 0–2: the cluster's id, its brokers and its controller.
 * Gaps: there are no controllers apart from brokers, so that endpoint type 2 is refused as Kafka's brokers refuse it.
 */
import { describeCluster } from '#protocol/messages/describe-cluster.ts'
import type { DescribeClusterRequest, DescribeClusterResponse } from '#protocol/messages/describe-cluster.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import { clusterOperations, operationsNotAsked } from '../authorized-operations.ts'
import type { Handler } from '../handler.ts'

const brokers = 1
const controllers = 2

export const describeClusterHandler: Handler<
  DescribeClusterRequest,
  Input<typeof DescribeClusterResponse>
> = {
  message: describeCluster,
  versions: { min: 0, max: 2 },
  handle({ services, connection, version }, request) {
    if (version >= 1 && request.endpointType !== brokers) {
      return {
        errorCode: errorCode(
          request.endpointType === controllers ? 'MISMATCHED_ENDPOINT_TYPE' : 'UNSUPPORTED_ENDPOINT_TYPE',
        ),
        errorMessage:
          request.endpointType === controllers
            ? 'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER'
            : `Unsupported endpoint type ${request.endpointType}`,
        clusterId: '',
        brokers: [],
      }
    }
    return {
      errorCode: 0,
      endpointType: brokers,
      clusterId: services.clusterId,
      controllerId: services.brokerId,
      brokers: [
        {
          brokerId: services.brokerId,
          ...connection.advertised,
          rack: services.config.string('broker.rack') ?? null,
        },
      ],
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? clusterOperations
        : operationsNotAsked,
    }
  },
}
