/** Key and value of a record: the tasks that a member is to have. */
import { array, message, string, type Infer } from '#protocol/schema.ts'

export const StreamsGroupTargetAssignmentMemberKey = message(
  { name: 'StreamsGroupTargetAssignmentMemberKey', apiKey: 21, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)
export type StreamsGroupTargetAssignmentMemberKey = Infer<typeof StreamsGroupTargetAssignmentMemberKey>

const taskIds = {
  subtopologyId: string('0+'),
  partitions: array('0+', 'int32'),
}

export const StreamsGroupTargetAssignmentMemberValue = message(
  { name: 'StreamsGroupTargetAssignmentMemberValue', apiKey: 21, validVersions: '0', flexibleVersions: '0+' },
  {
    activeTasks: array('0+', taskIds),
    standbyTasks: array('0+', taskIds),
    warmupTasks: array('0+', taskIds),
  },
)
export type StreamsGroupTargetAssignmentMemberValue = Infer<typeof StreamsGroupTargetAssignmentMemberValue>
