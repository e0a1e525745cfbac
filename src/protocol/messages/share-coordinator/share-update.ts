/** Key and value of a record: a change of a share partition since its snapshot. */
import { array, int16, int32, int64, int8, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ShareUpdateKey = message(
  { name: 'ShareUpdateKey', apiKey: 1, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    topicId: uuid('0'),
    partition: int32('0'),
  },
)
export type ShareUpdateKey = Infer<typeof ShareUpdateKey>

export const ShareUpdateValue = message(
  { name: 'ShareUpdateValue', apiKey: 1, validVersions: '0', flexibleVersions: '0+' },
  {
    snapshotEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: int64('0+'),
    deliveryCompleteCount: int32('0+', { default: -1, tag: 0 }),
    stateBatches: array('0+', {
      firstOffset: int64('0+'),
      lastOffset: int64('0+'),
      deliveryState: int8('0+'),
      deliveryCount: int16('0+'),
    }),
  },
)
export type ShareUpdateValue = Infer<typeof ShareUpdateValue>
