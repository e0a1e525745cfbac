/** ShareGroupDescribe (API key 77): describes share groups and their members (KIP-932). */
import {
  api,
  array,
  bool,
  int16,
  int32,
  message,
  string,
  struct,
  uuid,
  type Infer,
} from '#protocol/schema.ts'

export const ShareGroupDescribeRequest = message(
  { name: 'ShareGroupDescribeRequest', apiKey: 77, validVersions: '1', flexibleVersions: '0+' },
  {
    groupIds: array('0+', 'string'),
    includeAuthorizedOperations: bool('0+'),
  },
)
export type ShareGroupDescribeRequest = Infer<typeof ShareGroupDescribeRequest>

const topicPartitions = {
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('0+', 'int32'),
}

const assignment = {
  topicPartitions: array('0+', topicPartitions),
}

export const ShareGroupDescribeResponse = message(
  { name: 'ShareGroupDescribeResponse', apiKey: 77, validVersions: '1', flexibleVersions: '0+' },
  {
    throttleTimeMs: int32('0+'),
    groups: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      groupId: string('0+'),
      groupState: string('0+'),
      groupEpoch: int32('0+'),
      assignmentEpoch: int32('0+'),
      assignorName: string('0+'),
      members: array('0+', {
        memberId: string('0+'),
        rackId: string('0+', { nullable: '0+', default: null }),
        memberEpoch: int32('0+'),
        clientId: string('0+'),
        clientHost: string('0+'),
        subscribedTopicNames: array('0+', 'string'),
        assignment: struct('0+', assignment),
      }),
      authorizedOperations: int32('0+', { default: -2147483648 }),
    }),
  },
)
export type ShareGroupDescribeResponse = Infer<typeof ShareGroupDescribeResponse>

export const shareGroupDescribe = api(
  'ShareGroupDescribe',
  ShareGroupDescribeRequest,
  ShareGroupDescribeResponse,
)
