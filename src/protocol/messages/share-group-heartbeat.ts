/** ShareGroupHeartbeat (API key 76): is what a member of a share group says: it joins, stays and leaves (KIP-932). */
import { api, array, int16, int32, message, string, struct, uuid, type Infer } from '#protocol/schema.ts'

export const ShareGroupHeartbeatRequest = message(
  { name: 'ShareGroupHeartbeatRequest', apiKey: 76, validVersions: '1', flexibleVersions: '0+' },
  {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    rackId: string('0+', { nullable: '0+', default: null }),
    subscribedTopicNames: array('0+', 'string', { nullable: '0+', default: null }),
  },
)
export type ShareGroupHeartbeatRequest = Infer<typeof ShareGroupHeartbeatRequest>

const topicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', 'int32'),
}

export const ShareGroupHeartbeatResponse = message(
  { name: 'ShareGroupHeartbeatResponse', apiKey: 76, validVersions: '1', flexibleVersions: '0+' },
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
export type ShareGroupHeartbeatResponse = Infer<typeof ShareGroupHeartbeatResponse>

export const shareGroupHeartbeat = api(
  'ShareGroupHeartbeat',
  ShareGroupHeartbeatRequest,
  ShareGroupHeartbeatResponse,
)
