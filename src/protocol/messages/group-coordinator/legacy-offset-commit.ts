/** Key and value of a record: an offset that a group committed, as very old versions of Kafka wrote it. */
import { int32, int64, int64Wide, message, string, type Infer } from '#protocol/schema.ts'

export const LegacyOffsetCommitKey = message(
  { name: 'LegacyOffsetCommitKey', apiKey: 0, validVersions: '0', flexibleVersions: 'none' },
  {
    group: string('0'),
    topic: string('0'),
    partition: int32('0'),
  },
)
export type LegacyOffsetCommitKey = Infer<typeof LegacyOffsetCommitKey>

export const LegacyOffsetCommitValue = message(
  { name: 'LegacyOffsetCommitValue', apiKey: 0, validVersions: '0', flexibleVersions: 'none' },
  {
    offset: int64Wide('0'),
    metadata: string('0'),
    commitTimestamp: int64('0'),
  },
)
export type LegacyOffsetCommitValue = Infer<typeof LegacyOffsetCommitValue>
