/**
 * RemoveRaftVoter (API key 81), version 0: would remove a voter from the metadata quorum. Refused, as by a Kafka
 * whose voters are fixed (kraft.version 0): there is one voter.
 * Gaps: none.
 */
import { removeRaftVoter } from '#protocol/messages/remove-raft-voter.ts'
import type { RemoveRaftVoterRequest, RemoveRaftVoterResponse } from '#protocol/messages/remove-raft-voter.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { refuseVoterChange } from './quorum-changes.ts'

export const removeRaftVoterHandler: Handler<
  RemoveRaftVoterRequest,
  Input<typeof RemoveRaftVoterResponse>
> = {
  message: removeRaftVoter,
  versions: { min: 0, max: 0 },
  handle: ({ services }, request) => refuseVoterChange('remove', request, services.clusterId),
}
