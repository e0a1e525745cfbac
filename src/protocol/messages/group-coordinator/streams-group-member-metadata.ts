/** Key and value of a record: what a member of a streams group said of itself. */
import { array, int32, message, string, struct, uint16, type Infer } from '#protocol/schema.ts'

export const StreamsGroupMemberMetadataKey = message(
  { name: 'StreamsGroupMemberMetadataKey', apiKey: 19, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)
export type StreamsGroupMemberMetadataKey = Infer<typeof StreamsGroupMemberMetadataKey>

const endpoint = {
  host: string('0+'),
  port: uint16('0+'),
}

const keyValue = {
  key: string('0+'),
  value: string('0+'),
}

export const StreamsGroupMemberMetadataValue = message(
  { name: 'StreamsGroupMemberMetadataValue', apiKey: 19, validVersions: '0', flexibleVersions: '0+' },
  {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topologyEpoch: int32('0+'),
    processId: string('0+'),
    userEndpoint: struct('0+', endpoint, { nullable: '0+', default: null }),
    clientTags: array('0+', keyValue),
  },
)
export type StreamsGroupMemberMetadataValue = Infer<typeof StreamsGroupMemberMetadataValue>
