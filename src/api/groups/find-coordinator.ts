/**
 * FindCoordinator (API key 10), versions 0–6: which broker coordinates a group. v1 has other kinds of keys, v4 asks
 * for several at once (KIP-699), v6 has share groups (KIP-932). This broker coordinates all groups; it is named by the
 * address that its client connected to.
 * Gaps: transactional ids and share partitions have no coordinator yet. They are answered with INVALID_REQUEST and a
 * message that says so, which is what Kafka answers where a kind of coordinator is not running. The retriable codes
 * would let a producer ask again until its time is up and then speak of a time-out.
 */
import { findCoordinator } from '#protocol/messages/find-coordinator.ts'
import type { FindCoordinatorRequest, FindCoordinatorResponse } from '#protocol/messages/find-coordinator.ts'
import { errorCode, type ErrorName } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler, RequestContext } from '../handler.ts'

type Response = Input<typeof FindCoordinatorResponse>

const keyTypes = { group: 0, transaction: 1, share: 2 } as const

interface Found {
  readonly error: ErrorName
  readonly message: string
}

export const findCoordinatorHandler: Handler<FindCoordinatorRequest, Response> = {
  message: findCoordinator,
  versions: { min: 0, max: 6 },
  handle(context, { keyType, coordinatorKeys }) {
    const found = find(keyType)
    if (context.version < 4) {
      return { errorCode: errorCode(found.error), errorMessage: found.message, ...node(context, found) }
    }
    return {
      coordinators: coordinatorKeys.map(coordinatorKey => ({
        key: coordinatorKey,
        errorCode: errorCode(found.error),
        // Kafka leaves it empty for a coordinator that was found.
        errorMessage: found.error === 'NONE' ? '' : found.message,
        ...node(context, found),
      })),
    }
  },
}

function find(keyType: number): Found {
  switch (keyType) {
    case keyTypes.group:
      return { error: 'NONE', message: 'NONE' }
    case keyTypes.transaction:
      return { error: 'INVALID_REQUEST', message: 'This broker does not coordinate transactions yet.' }
    case keyTypes.share:
      return { error: 'INVALID_REQUEST', message: 'This broker does not coordinate share groups yet.' }
    default:
      return { error: 'INVALID_REQUEST', message: `Unknown coordinator type: ${keyType}` }
  }
}

function node(
  { services, connection }: RequestContext,
  { error }: Found,
): { nodeId: number; host: string; port: number } {
  if (error !== 'NONE') return { nodeId: -1, host: '', port: -1 }
  return { nodeId: services.brokerId, ...connection.advertised }
}
