/** What the leader of a consumer group assigns to one member. */
import { array, bytes, message, string, type Infer } from '#protocol/schema.ts'

export const ConsumerProtocolAssignment = message(
  { name: 'ConsumerProtocolAssignment', validVersions: '0-3', flexibleVersions: 'none' },
  {
    assignedPartitions: array('0+', {
      topic: string('0+'),
      partitions: array('0+', 'int32'),
    }),
    userData: bytes('0+', { nullable: '0+', default: null }),
  },
)
export type ConsumerProtocolAssignment = Infer<typeof ConsumerProtocolAssignment>
