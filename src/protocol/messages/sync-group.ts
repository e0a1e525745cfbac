/** SyncGroup (API key 14): hands the leader's assignments in and gives each member its own. */
import { api, array, bytes, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const SyncGroupRequest = message(
  { name: 'SyncGroupRequest', apiKey: 14, validVersions: '0-5', flexibleVersions: '4+' },
  {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    protocolType: string('5+', { nullable: '5+', default: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', default: null, ignorable: true }),
    assignments: array('0+', {
      memberId: string('0+'),
      assignment: bytes('0+'),
    }),
  },
)
export type SyncGroupRequest = Infer<typeof SyncGroupRequest>

export const SyncGroupResponse = message(
  { name: 'SyncGroupResponse', apiKey: 14, validVersions: '0-5', flexibleVersions: '4+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    protocolType: string('5+', { nullable: '5+', default: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', default: null, ignorable: true }),
    assignment: bytes('0+'),
  },
)
export type SyncGroupResponse = Infer<typeof SyncGroupResponse>

export const syncGroup = api('SyncGroup', SyncGroupRequest, SyncGroupResponse)
