/** Key and value of a record: what a member of a share group has now. */
import { array, int32, int8, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ShareGroupCurrentMemberAssignmentKey = message(
  { name: 'ShareGroupCurrentMemberAssignmentKey', apiKey: 14, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)
export type ShareGroupCurrentMemberAssignmentKey = Infer<typeof ShareGroupCurrentMemberAssignmentKey>

const topicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', 'int32'),
}

export const ShareGroupCurrentMemberAssignmentValue = message(
  { name: 'ShareGroupCurrentMemberAssignmentValue', apiKey: 14, validVersions: '0', flexibleVersions: '0+' },
  {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array('0+', topicPartitions),
  },
)
export type ShareGroupCurrentMemberAssignmentValue = Infer<typeof ShareGroupCurrentMemberAssignmentValue>
