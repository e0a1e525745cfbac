/**
 * What AddRaftVoter and RemoveRaftVoter share: why the one voter stays the only one. In the order in which a Kafka
 * whose kraft.version is 0 looks (KafkaRaftClient).
 */
import { zeroUuid } from '#base/random.ts'
import { errorCode } from '#protocol/error-codes.ts'

export interface VoterChange {
  readonly clusterId: string | null
  readonly voterId: number
  readonly voterDirectoryId: string
}

export function refuseVoterChange(
  change: 'add' | 'remove',
  { clusterId, voterId, voterDirectoryId }: VoterChange,
  ownClusterId: string,
): { errorCode: number; errorMessage: string } {
  if (clusterId !== null && clusterId !== ownClusterId) {
    return {
      errorCode: errorCode('INCONSISTENT_CLUSTER_ID'),
      errorMessage: `The given id "${clusterId}" doesn't match the cluster id "${ownClusterId}"`,
    }
  }
  if (voterId < 0 || voterDirectoryId === zeroUuid) {
    const request = change === 'add' ? 'Add' : 'Remove'
    return {
      errorCode: errorCode('INVALID_REQUEST'),
      errorMessage: `${request} voter request didn't include a valid voter`,
    }
  }
  const changing = change === 'add' ? 'adding' : 'removing'
  return {
    errorCode: errorCode('UNSUPPORTED_VERSION'),
    errorMessage: `Cluster doesn't support ${changing} voter because the kraft.version feature is 0`,
  }
}
