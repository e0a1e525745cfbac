/** Key and value of a record: the tasks that a member has now. */
import { array, int32, int8, message, string, type Infer } from '#protocol/schema.ts'

export const StreamsGroupCurrentMemberAssignmentKey = message(
  {
    name: 'StreamsGroupCurrentMemberAssignmentKey',
    apiKey: 22,
    validVersions: '0',
    flexibleVersions: 'none',
  },
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)
export type StreamsGroupCurrentMemberAssignmentKey = Infer<typeof StreamsGroupCurrentMemberAssignmentKey>

const taskIds = {
  subtopologyId: string('0+'),
  partitions: array('0+', 'int32'),
  assignmentEpochs: array('0+', 'int32', { nullable: '0+', tag: 0 }),
}

export const StreamsGroupCurrentMemberAssignmentValue = message(
  {
    name: 'StreamsGroupCurrentMemberAssignmentValue',
    apiKey: 22,
    validVersions: '0',
    flexibleVersions: '0+',
  },
  {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    activeTasks: array('0+', taskIds),
    standbyTasks: array('0+', taskIds),
    warmupTasks: array('0+', taskIds),
    activeTasksPendingRevocation: array('0+', taskIds),
    standbyTasksPendingRevocation: array('0+', taskIds),
    warmupTasksPendingRevocation: array('0+', taskIds),
  },
)
export type StreamsGroupCurrentMemberAssignmentValue = Infer<typeof StreamsGroupCurrentMemberAssignmentValue>
