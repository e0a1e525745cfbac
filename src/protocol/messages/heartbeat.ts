/** Heartbeat (API key 12): keeps a member of a classic group alive and tells it that the group rebalances. */
import { api, int16, int32, message, string, type Infer } from '#protocol/schema.ts'

export const HeartbeatRequest = message(
  { name: 'HeartbeatRequest', apiKey: 12, validVersions: '0-4', flexibleVersions: '4+' },
  {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
  },
)
export type HeartbeatRequest = Infer<typeof HeartbeatRequest>

export const HeartbeatResponse = message(
  { name: 'HeartbeatResponse', apiKey: 12, validVersions: '0-4', flexibleVersions: '4+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
  },
)
export type HeartbeatResponse = Infer<typeof HeartbeatResponse>

export const heartbeat = api('Heartbeat', HeartbeatRequest, HeartbeatResponse)
