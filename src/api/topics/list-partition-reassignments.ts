/**
 * ListPartitionReassignments (API key 46), version 0: the moves of partitions that are under way (KIP-455). With one
 * broker there are none, whatever is asked for; topics that do not exist are no error, as in Kafka.
 * Work: metadata/reassignment.ts.
 * Gaps: none.
 */
import { listPartitionReassignments } from '#protocol/messages/list-partition-reassignments.ts'
import type {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '#protocol/messages/list-partition-reassignments.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'

export const listPartitionReassignmentsHandler: Handler<
  ListPartitionReassignmentsRequest,
  Input<typeof ListPartitionReassignmentsResponse>
> = {
  message: listPartitionReassignments,
  versions: { min: 0, max: 0 },
  handle: () => ({ errorMessage: null }),
}
