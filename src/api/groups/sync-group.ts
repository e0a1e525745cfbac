/**
 * SyncGroup (API key 14), versions 0–5: the leader hands in the assignment of its generation, every member gets its
 * part once it is durable. v3 knows static members, v5 must name the protocol type and the protocol (KIP-559).
 * Work: groups/classic-sync.ts.
 * Gaps: none.
 */
import { syncGroup } from '#protocol/messages/sync-group.ts'
import type { SyncGroupRequest, SyncGroupResponse } from '#protocol/messages/sync-group.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { ownBytes } from './own-bytes.ts'

export const syncGroupHandler: Handler<SyncGroupRequest, Input<typeof SyncGroupResponse>> = {
  message: syncGroup,
  versions: { min: 0, max: 5 },
  async handle({ version, connection, services }, request) {
    if (version >= 5 && (request.protocolType === null || request.protocolName === null)) {
      return { errorCode: errorCode('INCONSISTENT_GROUP_PROTOCOL') }
    }
    const result = await services.groups.syncGroup(
      {
        groupId: request.groupId,
        memberId: request.memberId,
        groupInstanceId: request.groupInstanceId ?? undefined,
        generationId: request.generationId,
        protocolType: request.protocolType ?? undefined,
        protocolName: request.protocolName ?? undefined,
        assignments: new Map(
          request.assignments.map(({ memberId, assignment }) => [memberId, ownBytes(assignment)]),
        ),
      },
      connection.signal,
    )
    return {
      errorCode: errorCode(result.error),
      protocolType: result.protocolType ?? null,
      protocolName: result.protocolName ?? null,
      assignment: result.assignment,
    }
  },
}
