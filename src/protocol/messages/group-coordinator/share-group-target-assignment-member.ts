/** Key and value of a record: the target assignment of a member. */
import { array, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ShareGroupTargetAssignmentMemberKey = message(
  { name: 'ShareGroupTargetAssignmentMemberKey', apiKey: 13, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)
export type ShareGroupTargetAssignmentMemberKey = Infer<typeof ShareGroupTargetAssignmentMemberKey>

export const ShareGroupTargetAssignmentMemberValue = message(
  { name: 'ShareGroupTargetAssignmentMemberValue', apiKey: 13, validVersions: '0', flexibleVersions: '0+' },
  {
    topicPartitions: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', 'int32'),
    }),
  },
)
export type ShareGroupTargetAssignmentMemberValue = Infer<typeof ShareGroupTargetAssignmentMemberValue>
