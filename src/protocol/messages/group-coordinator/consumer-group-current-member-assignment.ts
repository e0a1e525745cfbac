/** Key and value of a record: what a member of a consumer group has now. */
import { array, int32, int8, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ConsumerGroupCurrentMemberAssignmentKey = message(
  {
    name: 'ConsumerGroupCurrentMemberAssignmentKey',
    apiKey: 8,
    validVersions: '0',
    flexibleVersions: 'none',
  },
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)
export type ConsumerGroupCurrentMemberAssignmentKey = Infer<typeof ConsumerGroupCurrentMemberAssignmentKey>

const topicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', 'int32'),
  assignmentEpochs: array('0+', 'int32', { nullable: '0+', tag: 0 }),
}

export const ConsumerGroupCurrentMemberAssignmentValue = message(
  {
    name: 'ConsumerGroupCurrentMemberAssignmentValue',
    apiKey: 8,
    validVersions: '0',
    flexibleVersions: '0+',
  },
  {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array('0+', topicPartitions),
    partitionsPendingRevocation: array('0+', topicPartitions),
  },
)
export type ConsumerGroupCurrentMemberAssignmentValue = Infer<
  typeof ConsumerGroupCurrentMemberAssignmentValue
>
