/**
 * Heartbeat (API key 12), versions 0–4: keeps a member's session and tells it of a rebalance.
 * v3 knows static members. Work: groups/classic-session.ts.
 * Gaps: none.
 */
import { heartbeat } from '#protocol/messages/heartbeat.ts'
import type { HeartbeatRequest, HeartbeatResponse } from '#protocol/messages/heartbeat.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'

export const heartbeatHandler: Handler<HeartbeatRequest, Input<typeof HeartbeatResponse>> = {
  message: heartbeat,
  versions: { min: 0, max: 4 },
  async handle({ services }, { groupId, memberId, generationId, groupInstanceId }) {
    const error = await services.groups.heartbeat(groupId, {
      memberId,
      generationId,
      groupInstanceId: groupInstanceId ?? undefined,
    })
    return { errorCode: errorCode(error) }
  },
}
