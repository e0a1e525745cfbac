/**
 * DeleteGroups (API key 42), versions 0–2: deletes empty groups with all that they committed.
 * Work: groups/offset-commands.ts.
 * Gaps: none.
 */
import { deleteGroups } from '#protocol/messages/delete-groups.ts'
import type { DeleteGroupsRequest, DeleteGroupsResponse } from '#protocol/messages/delete-groups.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'

export const deleteGroupsHandler: Handler<DeleteGroupsRequest, Input<typeof DeleteGroupsResponse>> = {
  message: deleteGroups,
  versions: { min: 0, max: 2 },
  async handle({ services }, request) {
    const groupIds = [...new Set(request.groupsNames)]
    // Together, so that they share one commit.
    const errors = await Promise.all(groupIds.map(groupId => services.groups.deleteGroup(groupId)))
    return {
      results: groupIds.map((groupId, index) => ({ groupId, errorCode: errorCode(errors[index]!) })),
    }
  },
}
