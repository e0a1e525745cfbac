/** Key and value of a record: the epoch of a consumer group's target assignment. */
import { int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const ConsumerGroupTargetAssignmentMetadataKey = message(
  {
    name: 'ConsumerGroupTargetAssignmentMetadataKey',
    apiKey: 6,
    validVersions: '0',
    flexibleVersions: 'none',
  },
  {
    groupId: string('0'),
  },
)
export type ConsumerGroupTargetAssignmentMetadataKey = Infer<typeof ConsumerGroupTargetAssignmentMetadataKey>

export const ConsumerGroupTargetAssignmentMetadataValue = message(
  {
    name: 'ConsumerGroupTargetAssignmentMetadataValue',
    apiKey: 6,
    validVersions: '0',
    flexibleVersions: '0+',
  },
  {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, ignorable: true }),
  },
)
export type ConsumerGroupTargetAssignmentMetadataValue = Infer<
  typeof ConsumerGroupTargetAssignmentMetadataValue
>
