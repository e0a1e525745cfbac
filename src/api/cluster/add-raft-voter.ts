/**
 * AddRaftVoter (API key 80), versions 0–1: would add a voter to the metadata quorum. Refused, as by a Kafka whose
 * voters are fixed (kraft.version 0): there is one voter.
 * Gaps: the voter's listeners are not looked at, where Kafka looks for its controller listener before it refuses.
 */
import { addRaftVoter } from '#protocol/messages/add-raft-voter.ts'
import type { AddRaftVoterRequest, AddRaftVoterResponse } from '#protocol/messages/add-raft-voter.ts'
import type { Input } from '#protocol/schema.ts'
import type { Handler } from '../handler.ts'
import { refuseVoterChange } from './quorum-changes.ts'

export const addRaftVoterHandler: Handler<AddRaftVoterRequest, Input<typeof AddRaftVoterResponse>> = {
  message: addRaftVoter,
  versions: { min: 0, max: 1 },
  handle: ({ services }, request) => refuseVoterChange('add', request, services.clusterId),
}
