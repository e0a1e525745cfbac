/** Key and value of a record: the whole state of a share partition. */
import { array, int16, int32, int64, int8, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ShareSnapshotKey = message(
  { name: 'ShareSnapshotKey', apiKey: 0, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    topicId: uuid('0'),
    partition: int32('0'),
  },
)
export type ShareSnapshotKey = Infer<typeof ShareSnapshotKey>

export const ShareSnapshotValue = message(
  { name: 'ShareSnapshotValue', apiKey: 0, validVersions: '0', flexibleVersions: '0+' },
  {
    snapshotEpoch: int32('0+'),
    stateEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: int64('0+'),
    deliveryCompleteCount: int32('0+', { default: -1, tag: 0 }),
    createTimestamp: int64('0+'),
    writeTimestamp: int64('0+'),
    stateBatches: array('0+', {
      firstOffset: int64('0+'),
      lastOffset: int64('0+'),
      deliveryState: int8('0+'),
      deliveryCount: int16('0+'),
    }),
  },
)
export type ShareSnapshotValue = Infer<typeof ShareSnapshotValue>
