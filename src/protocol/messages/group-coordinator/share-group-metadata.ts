/** Key and value of a record: the epoch of a share group. */
import { int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const ShareGroupMetadataKey = message(
  { name: 'ShareGroupMetadataKey', apiKey: 11, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
  },
)
export type ShareGroupMetadataKey = Infer<typeof ShareGroupMetadataKey>

export const ShareGroupMetadataValue = message(
  { name: 'ShareGroupMetadataValue', apiKey: 11, validVersions: '0', flexibleVersions: '0+' },
  {
    epoch: int32('0+'),
    metadataHash: int64('0+'),
  },
)
export type ShareGroupMetadataValue = Infer<typeof ShareGroupMetadataValue>
