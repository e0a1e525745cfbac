/** Key and value of a record: the epoch of a streams group. */
import { array, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const StreamsGroupMetadataKey = message(
  { name: 'StreamsGroupMetadataKey', apiKey: 17, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
  },
)
export type StreamsGroupMetadataKey = Infer<typeof StreamsGroupMetadataKey>

const lastAssignmentConfig = {
  key: string('0+'),
  value: string('0+'),
}

export const StreamsGroupMetadataValue = message(
  { name: 'StreamsGroupMetadataValue', apiKey: 17, validVersions: '0', flexibleVersions: '0+' },
  {
    epoch: int32('0+'),
    metadataHash: int64('0+'),
    validatedTopologyEpoch: int32('0+', { default: -1, tag: 0 }),
    lastAssignmentConfigs: array('0+', lastAssignmentConfig, { nullable: '0+', tag: 1 }),
  },
)
export type StreamsGroupMetadataValue = Infer<typeof StreamsGroupMetadataValue>
