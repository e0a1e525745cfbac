/**
 * ListGroups (API key 16), versions 0–5: all groups, from v4 on only those in given states (KIP-518), from v5 on only
 * those of given types (KIP-848); neither looks at upper and lower case. Work: groups/group-listing.ts.
 * Gaps: none; all groups are of type classic, the other kinds not being there yet.
 */
import { listGroups } from '#protocol/messages/list-groups.ts'
import type { ListGroupsRequest, ListGroupsResponse } from '#protocol/messages/list-groups.ts'
import { errorCode } from '#protocol/error-codes.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'

export const listGroupsHandler: Handler<ListGroupsRequest, Input<typeof ListGroupsResponse>> = {
  message: listGroups,
  versions: { min: 0, max: 5 },
  handle({ services }, { statesFilter, typesFilter }) {
    const states = new Set(statesFilter.map(state => state.toLowerCase().trim()))
    const types = new Set(typesFilter.map(type => type.toLowerCase()))
    return {
      errorCode: errorCode('NONE'),
      groups: services.groups
        .listGroups()
        .filter(({ state }) => states.size === 0 || states.has(state.toLowerCase()))
        .filter(({ kind }) => types.size === 0 || types.has(kind))
        .map(({ groupId, protocolType, state, kind }) => ({
          groupId,
          protocolType,
          groupState: state,
          groupType: kind,
        })),
    }
  },
}
