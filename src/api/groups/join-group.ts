/**
 * JoinGroup (API key 11), versions 0–9: enters a classic group and waits until the next generation begins.
 * v1 has a rebalance timeout of its own, v4 sends a new member back with its id (KIP-394), v5 knows static members
 * (KIP-345), v9 lets a static leader that came back keep the assignment (KIP-814).
 * Work: groups/classic-join.ts. Where a group has as many votes for two protocols, the one voted for first wins.
 * Gaps: none.
 */
import { joinGroup } from '#protocol/messages/join-group.ts'
import type { JoinGroupRequest, JoinGroupResponse } from '#protocol/messages/join-group.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { ownBytes } from './own-bytes.ts'

export const joinGroupHandler: Handler<JoinGroupRequest, Input<typeof JoinGroupResponse>> = {
  message: joinGroup,
  versions: { min: 0, max: 9 },
  async handle({ version, clientId, connection, services }, request) {
    const result = await services.groups.joinGroup(
      {
        groupId: request.groupId,
        memberId: request.memberId,
        groupInstanceId: request.groupInstanceId ?? undefined,
        clientId,
        // As Java prints an address without a name, which is how tools show it.
        clientHost: `/${connection.clientHost}`,
        sessionTimeoutMs: request.sessionTimeoutMs,
        rebalanceTimeoutMs: version === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
        protocolType: request.protocolType,
        protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: ownBytes(metadata) })),
        reason: request.reason ?? undefined,
        requiresKnownMemberId: version >= 4,
        supportsSkippingAssignment: version >= 9,
      },
      connection.signal,
    )
    return {
      errorCode: errorCode(result.error),
      generationId: result.generationId,
      protocolType: result.protocolType ?? null,
      protocolName: result.protocolName ?? (version >= 7 ? null : ''),
      leader: result.leader,
      skipAssignment: result.skipAssignment,
      memberId: result.memberId,
      members: result.members.map(({ memberId, groupInstanceId, metadata }) => ({
        memberId,
        groupInstanceId: groupInstanceId ?? null,
        metadata,
      })),
    }
  },
}
