/** Key and value of a record: partitions whose share state is being made, is there, or is being deleted. */
import { array, message, string, uuid, type Infer } from '#protocol/schema.ts'

export const ShareGroupStatePartitionMetadataKey = message(
  { name: 'ShareGroupStatePartitionMetadataKey', apiKey: 15, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
  },
)
export type ShareGroupStatePartitionMetadataKey = Infer<typeof ShareGroupStatePartitionMetadataKey>

const topicPartitionsInfo = {
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('0+', 'int32'),
}

const topicInfo = {
  topicId: uuid('0+'),
  topicName: string('0+'),
}

export const ShareGroupStatePartitionMetadataValue = message(
  { name: 'ShareGroupStatePartitionMetadataValue', apiKey: 15, validVersions: '0', flexibleVersions: '0+' },
  {
    initializingTopics: array('0+', topicPartitionsInfo),
    initializedTopics: array('0+', topicPartitionsInfo),
    deletingTopics: array('0+', topicInfo),
  },
)
export type ShareGroupStatePartitionMetadataValue = Infer<typeof ShareGroupStatePartitionMetadataValue>
