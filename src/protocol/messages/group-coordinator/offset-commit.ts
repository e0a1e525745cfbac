/** Key and value of a record: an offset that a group committed. */
import { int32, int64, int64Wide, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const OffsetCommitKey = message(
  { name: 'OffsetCommitKey', apiKey: 1, validVersions: '0', flexibleVersions: 'none' },
  {
    group: string('0'),
    topic: string('0'),
    partition: int32('0'),
  },
)
export type OffsetCommitKey = Infer<typeof OffsetCommitKey>

export const OffsetCommitValue = message(
  { name: 'OffsetCommitValue', apiKey: 1, validVersions: '0-4', flexibleVersions: '4+' },
  {
    offset: int64Wide('0+'),
    leaderEpoch: int32('3+', { default: -1, ignorable: true }),
    metadata: string('0+'),
    commitTimestamp: int64('0+'),
    expireTimestamp: int64('1', { default: -1, ignorable: true }),
    topicId: uuid('4+', { tag: 0, ignorable: true }),
  },
)
export type OffsetCommitValue = Infer<typeof OffsetCommitValue>
