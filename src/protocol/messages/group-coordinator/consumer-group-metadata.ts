/** Key and value of a record: the epoch of a consumer group. */
import { int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const ConsumerGroupMetadataKey = message(
  { name: 'ConsumerGroupMetadataKey', apiKey: 3, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
  },
)
export type ConsumerGroupMetadataKey = Infer<typeof ConsumerGroupMetadataKey>

export const ConsumerGroupMetadataValue = message(
  { name: 'ConsumerGroupMetadataValue', apiKey: 3, validVersions: '0', flexibleVersions: '0+' },
  {
    epoch: int32('0+'),
    metadataHash: int64('0+', { tag: 0 }),
  },
)
export type ConsumerGroupMetadataValue = Infer<typeof ConsumerGroupMetadataValue>
