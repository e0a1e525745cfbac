/** Key and value of a record: the epoch of a share group's target assignment. */
import { int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const ShareGroupTargetAssignmentMetadataKey = message(
  { name: 'ShareGroupTargetAssignmentMetadataKey', apiKey: 12, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
  },
)
export type ShareGroupTargetAssignmentMetadataKey = Infer<typeof ShareGroupTargetAssignmentMetadataKey>

export const ShareGroupTargetAssignmentMetadataValue = message(
  { name: 'ShareGroupTargetAssignmentMetadataValue', apiKey: 12, validVersions: '0', flexibleVersions: '0+' },
  {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, ignorable: true }),
  },
)
export type ShareGroupTargetAssignmentMetadataValue = Infer<typeof ShareGroupTargetAssignmentMetadataValue>
