/** Key and value of a record: the epoch of a streams group's target assignment. */
import { int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const StreamsGroupTargetAssignmentMetadataKey = message(
  {
    name: 'StreamsGroupTargetAssignmentMetadataKey',
    apiKey: 20,
    validVersions: '0',
    flexibleVersions: 'none',
  },
  {
    groupId: string('0'),
  },
)
export type StreamsGroupTargetAssignmentMetadataKey = Infer<typeof StreamsGroupTargetAssignmentMetadataKey>

export const StreamsGroupTargetAssignmentMetadataValue = message(
  {
    name: 'StreamsGroupTargetAssignmentMetadataValue',
    apiKey: 20,
    validVersions: '0',
    flexibleVersions: '0+',
  },
  {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, ignorable: true }),
  },
)
export type StreamsGroupTargetAssignmentMetadataValue = Infer<
  typeof StreamsGroupTargetAssignmentMetadataValue
>
