/**
 * LeaveGroup (API key 13), versions 0–5: takes members out of a classic group at once.
 * Up to v2 one member, its error being the request's; from v3 on several, each with its own, static ones also by
 * instance id alone (KIP-345); v5 carries the reason (KIP-800). Work: groups/classic-leave.ts.
 * Gaps: none.
 */
import { leaveGroup } from '#protocol/messages/leave-group.ts'
import type { LeaveGroupRequest, LeaveGroupResponse } from '#protocol/messages/leave-group.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'

export const leaveGroupHandler: Handler<LeaveGroupRequest, Input<typeof LeaveGroupResponse>> = {
  message: leaveGroup,
  versions: { min: 0, max: 5 },
  async handle({ version, services }, request) {
    const leaving =
      version < 3
        ? [{ memberId: request.memberId, groupInstanceId: undefined, reason: undefined }]
        : request.members.map(({ memberId, groupInstanceId, reason }) => ({
            memberId,
            groupInstanceId: groupInstanceId ?? undefined,
            reason: reason ?? undefined,
          }))
    const { error, members } = await services.groups.leaveGroup(request.groupId, leaving)
    if (version < 3) {
      return { errorCode: errorCode(error === 'NONE' ? (members[0]?.error ?? 'NONE') : error) }
    }
    return {
      errorCode: errorCode(error),
      members: members.map(member => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId ?? null,
        errorCode: errorCode(member.error),
      })),
    }
  },
}
