/** What a member of a consumer group tells the leader of its wishes. */
import { array, bytes, int32, message, string, type Infer } from '#protocol/schema.ts'

export const ConsumerProtocolSubscription = message(
  { name: 'ConsumerProtocolSubscription', validVersions: '0-3', flexibleVersions: 'none' },
  {
    topics: array('0+', 'string'),
    userData: bytes('0+', { nullable: '0+', default: null }),
    ownedPartitions: array(
      '1+',
      {
        topic: string('1+'),
        partitions: array('1+', 'int32'),
      },
      { ignorable: true },
    ),
    generationId: int32('2+', { default: -1, ignorable: true }),
    rackId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  },
)
export type ConsumerProtocolSubscription = Infer<typeof ConsumerProtocolSubscription>
