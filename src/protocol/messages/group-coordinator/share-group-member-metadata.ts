/** Key and value of a record: what a member of a share group said of itself. */
import { array, message, string, type Infer } from '#protocol/schema.ts'

export const ShareGroupMemberMetadataKey = message(
  { name: 'ShareGroupMemberMetadataKey', apiKey: 10, validVersions: '0', flexibleVersions: 'none' },
  {
    groupId: string('0'),
    memberId: string('0'),
  },
)
export type ShareGroupMemberMetadataKey = Infer<typeof ShareGroupMemberMetadataKey>

export const ShareGroupMemberMetadataValue = message(
  { name: 'ShareGroupMemberMetadataValue', apiKey: 10, validVersions: '0', flexibleVersions: '0+' },
  {
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', 'string'),
  },
)
export type ShareGroupMemberMetadataValue = Infer<typeof ShareGroupMemberMetadataValue>
