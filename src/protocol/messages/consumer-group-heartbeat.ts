/** ConsumerGroupHeartbeat (API key 68): is all that a member of a consumer group says: it joins, stays, reports and leaves (KIP-848). */
import { api, array, int16, int32, message, string, struct, uuid, type Infer } from '#protocol/schema.ts'

export const ConsumerGroupHeartbeatRequest = message(
  { name: 'ConsumerGroupHeartbeatRequest', apiKey: 68, validVersions: '0-1', flexibleVersions: '0+' },
  {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    instanceId: string('0+', { nullable: '0+', default: null }),
    rackId: string('0+', { nullable: '0+', default: null }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    subscribedTopicNames: array('0+', 'string', { nullable: '0+', default: null }),
    subscribedTopicRegex: string('1+', { nullable: '1+', default: null }),
    serverAssignor: string('0+', { nullable: '0+', default: null }),
    topicPartitions: array(
      '0+',
      {
        topicId: uuid('0+'),
        partitions: array('0+', 'int32'),
      },
      { nullable: '0+', default: null },
    ),
  },
)
export type ConsumerGroupHeartbeatRequest = Infer<typeof ConsumerGroupHeartbeatRequest>

const topicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', 'int32'),
}

export const ConsumerGroupHeartbeatResponse = message(
  { name: 'ConsumerGroupHeartbeatResponse', apiKey: 68, validVersions: '0-1', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    memberId: string('0+', { nullable: '0+', default: null }),
    memberEpoch: int32('0+'),
    heartbeatIntervalMs: int32('0+'),
    assignment: struct(
      '0+',
      {
        topicPartitions: array('0+', topicPartitions),
      },
      { nullable: '0+', default: null },
    ),
  },
)
export type ConsumerGroupHeartbeatResponse = Infer<typeof ConsumerGroupHeartbeatResponse>

export const consumerGroupHeartbeat = api(
  'ConsumerGroupHeartbeat',
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
)
