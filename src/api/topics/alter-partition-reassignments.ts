/**
 * AlterPartitionReassignments (API key 45), versions 0–1: moves partitions to other brokers (KIP-455). There is one:
 * a move to it changes nothing and succeeds, any other is refused. Work: metadata/reassignment.ts.
 * `allowReplicationFactorChange` (version 1) forbids nothing that is possible here, and is given back.
 * Gaps: none.
 */
import { alterPartitionReassignments } from '#protocol/messages/alter-partition-reassignments.ts'
import type {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '#protocol/messages/alter-partition-reassignments.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import { checkReassignment } from '#metadata/reassignment.ts'
import { refusal } from '#metadata/refusal.ts'
import type { Handler } from '../handler.ts'

type Response = Input<typeof AlterPartitionReassignmentsResponse>

export const alterPartitionReassignmentsHandler: Handler<AlterPartitionReassignmentsRequest, Response> = {
  message: alterPartitionReassignments,
  versions: { min: 0, max: 1 },
  handle({ image }, { topics, timeoutMs, allowReplicationFactorChange }) {
    // As Kafka has it, which answers it before it comes to its controller.
    if (topics.length === 0) return { allowReplicationFactorChange, errorMessage: '' }
    // The controller of Kafka refuses what comes to it with no time left.
    const tooLate = timeoutMs <= 0 ? refusal('REQUEST_TIMED_OUT') : undefined
    return {
      allowReplicationFactorChange,
      ...answer(tooLate),
      responses: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, replicas }) => {
          const wanted = { topic: name, partition: partitionIndex, replicas: replicas ?? undefined }
          return { partitionIndex, ...answer(tooLate ?? checkReassignment(image, wanted)) }
        }),
      })),
    }
  },
}

function answer(refused: ReturnType<typeof checkReassignment>) {
  return { errorCode: errorCode(refused?.error ?? 'NONE'), errorMessage: refused?.message ?? null }
}
