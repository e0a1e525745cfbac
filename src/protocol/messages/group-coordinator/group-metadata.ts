/** Key and value of a record: a classic group with its members. */
import { array, bytes, int32, int64, message, string, type Infer } from '#protocol/schema.ts'

export const GroupMetadataKey = message(
  { name: 'GroupMetadataKey', apiKey: 2, validVersions: '0', flexibleVersions: 'none' },
  {
    group: string('0'),
  },
)
export type GroupMetadataKey = Infer<typeof GroupMetadataKey>

const memberMetadata = {
  memberId: string('0+'),
  groupInstanceId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  clientId: string('0+'),
  clientHost: string('0+'),
  rebalanceTimeout: int32('1+', { default: -1, ignorable: true }),
  sessionTimeout: int32('0+'),
  subscription: bytes('0+'),
  assignment: bytes('0+'),
}

export const GroupMetadataValue = message(
  { name: 'GroupMetadataValue', apiKey: 2, validVersions: '0-4', flexibleVersions: '4+' },
  {
    protocolType: string('0+'),
    generation: int32('0+'),
    protocol: string('0+', { nullable: '0+' }),
    leader: string('0+', { nullable: '0+' }),
    currentStateTimestamp: int64('2+', { default: -1, ignorable: true }),
    members: array('0+', memberMetadata),
  },
)
export type GroupMetadataValue = Infer<typeof GroupMetadataValue>
