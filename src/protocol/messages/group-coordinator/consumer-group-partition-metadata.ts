/** Key and value of a record: partition counts of subscribed topics, as Kafka 4.0 still wrote them. */
import { array, int32, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ConsumerGroupPartitionMetadataKey = message(
  { name: 'ConsumerGroupPartitionMetadataKey', apiKey: 4, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
  },
)
export type ConsumerGroupPartitionMetadataKey = Infer<typeof ConsumerGroupPartitionMetadataKey>

export const ConsumerGroupPartitionMetadataValue = message(
  { name: 'ConsumerGroupPartitionMetadataValue', apiKey: 4, validVersions: '0', flexibleVersions: '0+' },
  {
    topics: array('0+', {
      topicId: uuid('0+'),
      topicName: string('0+'),
      numPartitions: int32('0+'),
      partitionMetadata: array('0+', {
        partition: int32('0+'),
        racks: array('0+', 'string'),
      }),
    }),
  },
)
export type ConsumerGroupPartitionMetadataValue = Infer<typeof ConsumerGroupPartitionMetadataValue>
