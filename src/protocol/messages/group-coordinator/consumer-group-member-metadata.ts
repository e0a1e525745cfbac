/** Key and value of a record: what a member of a consumer group said of itself. */
import { array, bytes, int32, message, string, struct, type Infer } from '#protocol/schema.ts'

export const ConsumerGroupMemberMetadataKey = message(
  { name: 'ConsumerGroupMemberMetadataKey', apiKey: 5, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)
export type ConsumerGroupMemberMetadataKey = Infer<typeof ConsumerGroupMemberMetadataKey>

export const ConsumerGroupMemberMetadataValue = message(
  { name: 'ConsumerGroupMemberMetadataValue', apiKey: 5, validVersions: '0', flexibleVersions: '0+' },
  {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', 'string'),
    subscribedTopicRegex: string('0+', { nullable: '0+' }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    serverAssignor: string('0+', { nullable: '0+' }),
    classicMemberMetadata: struct(
      '0+',
      {
        sessionTimeoutMs: int32('0+'),
        supportedProtocols: array('0+', {
          name: string('0+'),
          metadata: bytes('0+'),
        }),
      },
      { nullable: '0+', tag: 0 },
    ),
  },
)
export type ConsumerGroupMemberMetadataValue = Infer<typeof ConsumerGroupMemberMetadataValue>
