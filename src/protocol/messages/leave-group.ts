/** LeaveGroup (API key 13): takes members out of a classic group. */
import { api, array, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const LeaveGroupRequest = message(
  { name: 'LeaveGroupRequest', apiKey: 13, validVersions: '0-5', flexibleVersions: '4+' },
  {
    groupId: string('0+'),
    memberId: string('0-2'),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: string('3+', { nullable: '3+', default: null }),
      reason: string('5+', { nullable: '5+', default: null, ignorable: true }),
    }),
  },
)
export type LeaveGroupRequest = Infer<typeof LeaveGroupRequest>

export const LeaveGroupResponse = message(
  { name: 'LeaveGroupResponse', apiKey: 13, validVersions: '0-5', flexibleVersions: '4+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: string('3+', { nullable: '3+' }),
      errorCode: int16('3+'),
    }),
  },
)
export type LeaveGroupResponse = Infer<typeof LeaveGroupResponse>

export const leaveGroup = api('LeaveGroup', LeaveGroupRequest, LeaveGroupResponse)
