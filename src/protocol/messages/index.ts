/**
 * All messages, in order: APIs by key, then what stands inside other messages, then the records of the coordinators.
 * Loading it loads every schema, so the broker takes the messages it answers one by one.
 */
import type { Schema } from '#protocol/schema.ts'
import { produce } from './produce.ts'
import { fetch } from './fetch.ts'
import { listOffsets } from './list-offsets.ts'
import { metadata } from './metadata.ts'
import { offsetCommit } from './offset-commit.ts'
import { offsetFetch } from './offset-fetch.ts'
import { findCoordinator } from './find-coordinator.ts'
import { joinGroup } from './join-group.ts'
import { heartbeat } from './heartbeat.ts'
import { leaveGroup } from './leave-group.ts'
import { syncGroup } from './sync-group.ts'
import { describeGroups } from './describe-groups.ts'
import { listGroups } from './list-groups.ts'
import { saslHandshake } from './sasl-handshake.ts'
import { apiVersions } from './api-versions.ts'
import { createTopics } from './create-topics.ts'
import { deleteTopics } from './delete-topics.ts'
import { deleteRecords } from './delete-records.ts'
import { initProducerId } from './init-producer-id.ts'
import { offsetForLeaderEpoch } from './offset-for-leader-epoch.ts'
import { addPartitionsToTxn } from './add-partitions-to-txn.ts'
import { addOffsetsToTxn } from './add-offsets-to-txn.ts'
import { endTxn } from './end-txn.ts'
import { writeTxnMarkers } from './write-txn-markers.ts'
import { txnOffsetCommit } from './txn-offset-commit.ts'
import { describeAcls } from './describe-acls.ts'
import { createAcls } from './create-acls.ts'
import { deleteAcls } from './delete-acls.ts'
import { describeConfigs } from './describe-configs.ts'
import { alterConfigs } from './alter-configs.ts'
import { alterReplicaLogDirs } from './alter-replica-log-dirs.ts'
import { describeLogDirs } from './describe-log-dirs.ts'
import { saslAuthenticate } from './sasl-authenticate.ts'
import { createPartitions } from './create-partitions.ts'
import { createDelegationToken } from './create-delegation-token.ts'
import { renewDelegationToken } from './renew-delegation-token.ts'
import { expireDelegationToken } from './expire-delegation-token.ts'
import { describeDelegationToken } from './describe-delegation-token.ts'
import { deleteGroups } from './delete-groups.ts'
import { electLeaders } from './elect-leaders.ts'
import { incrementalAlterConfigs } from './incremental-alter-configs.ts'
import { alterPartitionReassignments } from './alter-partition-reassignments.ts'
import { listPartitionReassignments } from './list-partition-reassignments.ts'
import { offsetDelete } from './offset-delete.ts'
import { describeClientQuotas } from './describe-client-quotas.ts'
import { alterClientQuotas } from './alter-client-quotas.ts'
import { describeUserScramCredentials } from './describe-user-scram-credentials.ts'
import { alterUserScramCredentials } from './alter-user-scram-credentials.ts'
import { vote } from './vote.ts'
import { beginQuorumEpoch } from './begin-quorum-epoch.ts'
import { endQuorumEpoch } from './end-quorum-epoch.ts'
import { describeQuorum } from './describe-quorum.ts'
import { alterPartition } from './alter-partition.ts'
import { updateFeatures } from './update-features.ts'
import { envelope } from './envelope.ts'
import { fetchSnapshot } from './fetch-snapshot.ts'
import { describeCluster } from './describe-cluster.ts'
import { describeProducers } from './describe-producers.ts'
import { brokerRegistration } from './broker-registration.ts'
import { brokerHeartbeat } from './broker-heartbeat.ts'
import { unregisterBroker } from './unregister-broker.ts'
import { describeTransactions } from './describe-transactions.ts'
import { listTransactions } from './list-transactions.ts'
import { allocateProducerIds } from './allocate-producer-ids.ts'
import { consumerGroupHeartbeat } from './consumer-group-heartbeat.ts'
import { consumerGroupDescribe } from './consumer-group-describe.ts'
import { controllerRegistration } from './controller-registration.ts'
import { getTelemetrySubscriptions } from './get-telemetry-subscriptions.ts'
import { pushTelemetry } from './push-telemetry.ts'
import { assignReplicasToDirs } from './assign-replicas-to-dirs.ts'
import { listConfigResources } from './list-config-resources.ts'
import { describeTopicPartitions } from './describe-topic-partitions.ts'
import { shareGroupHeartbeat } from './share-group-heartbeat.ts'
import { shareGroupDescribe } from './share-group-describe.ts'
import { shareFetch } from './share-fetch.ts'
import { shareAcknowledge } from './share-acknowledge.ts'
import { addRaftVoter } from './add-raft-voter.ts'
import { removeRaftVoter } from './remove-raft-voter.ts'
import { updateRaftVoter } from './update-raft-voter.ts'
import { initializeShareGroupState } from './initialize-share-group-state.ts'
import { readShareGroupState } from './read-share-group-state.ts'
import { writeShareGroupState } from './write-share-group-state.ts'
import { deleteShareGroupState } from './delete-share-group-state.ts'
import { readShareGroupStateSummary } from './read-share-group-state-summary.ts'
import { streamsGroupHeartbeat } from './streams-group-heartbeat.ts'
import { streamsGroupDescribe } from './streams-group-describe.ts'
import { describeShareGroupOffsets } from './describe-share-group-offsets.ts'
import { alterShareGroupOffsets } from './alter-share-group-offsets.ts'
import { deleteShareGroupOffsets } from './delete-share-group-offsets.ts'
import { ConsumerProtocolAssignment } from './consumer-protocol-assignment.ts'
import { ConsumerProtocolSubscription } from './consumer-protocol-subscription.ts'
import { ControlRecordTypeSchema } from './control-record-type-schema.ts'
import { DefaultPrincipalData } from './default-principal-data.ts'
import { EndTxnMarker } from './end-txn-marker.ts'
import { KRaftVersionRecord } from './k-raft-version-record.ts'
import { LeaderChangeMessage } from './leader-change-message.ts'
import { RequestHeader } from './request-header.ts'
import { ResponseHeader } from './response-header.ts'
import { SnapshotFooterRecord } from './snapshot-footer-record.ts'
import { SnapshotHeaderRecord } from './snapshot-header-record.ts'
import { VotersRecord } from './voters-record.ts'
import { LegacyOffsetCommitKey, LegacyOffsetCommitValue } from './group-coordinator/legacy-offset-commit.ts'
import { OffsetCommitKey, OffsetCommitValue } from './group-coordinator/offset-commit.ts'
import { GroupMetadataKey, GroupMetadataValue } from './group-coordinator/group-metadata.ts'
import {
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
} from './group-coordinator/consumer-group-metadata.ts'
import {
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
} from './group-coordinator/consumer-group-partition-metadata.ts'
import {
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
} from './group-coordinator/consumer-group-member-metadata.ts'
import {
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
} from './group-coordinator/consumer-group-target-assignment-metadata.ts'
import {
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
} from './group-coordinator/consumer-group-target-assignment-member.ts'
import {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
} from './group-coordinator/consumer-group-current-member-assignment.ts'
import {
  ShareGroupMemberMetadataKey,
  ShareGroupMemberMetadataValue,
} from './group-coordinator/share-group-member-metadata.ts'
import { ShareGroupMetadataKey, ShareGroupMetadataValue } from './group-coordinator/share-group-metadata.ts'
import {
  ShareGroupTargetAssignmentMetadataKey,
  ShareGroupTargetAssignmentMetadataValue,
} from './group-coordinator/share-group-target-assignment-metadata.ts'
import {
  ShareGroupTargetAssignmentMemberKey,
  ShareGroupTargetAssignmentMemberValue,
} from './group-coordinator/share-group-target-assignment-member.ts'
import {
  ShareGroupCurrentMemberAssignmentKey,
  ShareGroupCurrentMemberAssignmentValue,
} from './group-coordinator/share-group-current-member-assignment.ts'
import {
  ShareGroupStatePartitionMetadataKey,
  ShareGroupStatePartitionMetadataValue,
} from './group-coordinator/share-group-state-partition-metadata.ts'
import {
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
} from './group-coordinator/consumer-group-regular-expression.ts'
import {
  StreamsGroupMetadataKey,
  StreamsGroupMetadataValue,
} from './group-coordinator/streams-group-metadata.ts'
import {
  StreamsGroupMemberMetadataKey,
  StreamsGroupMemberMetadataValue,
} from './group-coordinator/streams-group-member-metadata.ts'
import {
  StreamsGroupTargetAssignmentMetadataKey,
  StreamsGroupTargetAssignmentMetadataValue,
} from './group-coordinator/streams-group-target-assignment-metadata.ts'
import {
  StreamsGroupTargetAssignmentMemberKey,
  StreamsGroupTargetAssignmentMemberValue,
} from './group-coordinator/streams-group-target-assignment-member.ts'
import {
  StreamsGroupCurrentMemberAssignmentKey,
  StreamsGroupCurrentMemberAssignmentValue,
} from './group-coordinator/streams-group-current-member-assignment.ts'
import {
  StreamsGroupTopologyKey,
  StreamsGroupTopologyValue,
} from './group-coordinator/streams-group-topology.ts'
import { TransactionLogKey, TransactionLogValue } from './transaction-coordinator/transaction-log.ts'
import { ShareSnapshotKey, ShareSnapshotValue } from './share-coordinator/share-snapshot.ts'
import { ShareUpdateKey, ShareUpdateValue } from './share-coordinator/share-update.ts'

/** Every API, in the order of its keys. */
export const apis = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  saslHandshake,
  apiVersions,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  addPartitionsToTxn,
  addOffsetsToTxn,
  endTxn,
  writeTxnMarkers,
  txnOffsetCommit,
  describeAcls,
  createAcls,
  deleteAcls,
  describeConfigs,
  alterConfigs,
  alterReplicaLogDirs,
  describeLogDirs,
  saslAuthenticate,
  createPartitions,
  createDelegationToken,
  renewDelegationToken,
  expireDelegationToken,
  describeDelegationToken,
  deleteGroups,
  electLeaders,
  incrementalAlterConfigs,
  alterPartitionReassignments,
  listPartitionReassignments,
  offsetDelete,
  describeClientQuotas,
  alterClientQuotas,
  describeUserScramCredentials,
  alterUserScramCredentials,
  vote,
  beginQuorumEpoch,
  endQuorumEpoch,
  describeQuorum,
  alterPartition,
  updateFeatures,
  envelope,
  fetchSnapshot,
  describeCluster,
  describeProducers,
  brokerRegistration,
  brokerHeartbeat,
  unregisterBroker,
  describeTransactions,
  listTransactions,
  allocateProducerIds,
  consumerGroupHeartbeat,
  consumerGroupDescribe,
  controllerRegistration,
  getTelemetrySubscriptions,
  pushTelemetry,
  assignReplicasToDirs,
  listConfigResources,
  describeTopicPartitions,
  shareGroupHeartbeat,
  shareGroupDescribe,
  shareFetch,
  shareAcknowledge,
  addRaftVoter,
  removeRaftVoter,
  updateRaftVoter,
  initializeShareGroupState,
  readShareGroupState,
  writeShareGroupState,
  deleteShareGroupState,
  readShareGroupStateSummary,
  streamsGroupHeartbeat,
  streamsGroupDescribe,
  describeShareGroupOffsets,
  alterShareGroupOffsets,
  deleteShareGroupOffsets,
] as const

/** Headers, control records, blobs that other messages carry. */
export const embedded: readonly Schema[] = [
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  ControlRecordTypeSchema,
  DefaultPrincipalData,
  EndTxnMarker,
  KRaftVersionRecord,
  LeaderChangeMessage,
  RequestHeader,
  ResponseHeader,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
]

/** A coordinator's record: its key and its value. */
export interface RecordSchemas {
  readonly key: Schema
  readonly value: Schema
}

/** By the coordinator that writes them. */
export const coordinatorRecords = {
  group: [
    { key: LegacyOffsetCommitKey, value: LegacyOffsetCommitValue },
    { key: OffsetCommitKey, value: OffsetCommitValue },
    { key: GroupMetadataKey, value: GroupMetadataValue },
    { key: ConsumerGroupMetadataKey, value: ConsumerGroupMetadataValue },
    { key: ConsumerGroupPartitionMetadataKey, value: ConsumerGroupPartitionMetadataValue },
    { key: ConsumerGroupMemberMetadataKey, value: ConsumerGroupMemberMetadataValue },
    { key: ConsumerGroupTargetAssignmentMetadataKey, value: ConsumerGroupTargetAssignmentMetadataValue },
    { key: ConsumerGroupTargetAssignmentMemberKey, value: ConsumerGroupTargetAssignmentMemberValue },
    { key: ConsumerGroupCurrentMemberAssignmentKey, value: ConsumerGroupCurrentMemberAssignmentValue },
    { key: ShareGroupMemberMetadataKey, value: ShareGroupMemberMetadataValue },
    { key: ShareGroupMetadataKey, value: ShareGroupMetadataValue },
    { key: ShareGroupTargetAssignmentMetadataKey, value: ShareGroupTargetAssignmentMetadataValue },
    { key: ShareGroupTargetAssignmentMemberKey, value: ShareGroupTargetAssignmentMemberValue },
    { key: ShareGroupCurrentMemberAssignmentKey, value: ShareGroupCurrentMemberAssignmentValue },
    { key: ShareGroupStatePartitionMetadataKey, value: ShareGroupStatePartitionMetadataValue },
    { key: ConsumerGroupRegularExpressionKey, value: ConsumerGroupRegularExpressionValue },
    { key: StreamsGroupMetadataKey, value: StreamsGroupMetadataValue },
    { key: StreamsGroupMemberMetadataKey, value: StreamsGroupMemberMetadataValue },
    { key: StreamsGroupTargetAssignmentMetadataKey, value: StreamsGroupTargetAssignmentMetadataValue },
    { key: StreamsGroupTargetAssignmentMemberKey, value: StreamsGroupTargetAssignmentMemberValue },
    { key: StreamsGroupCurrentMemberAssignmentKey, value: StreamsGroupCurrentMemberAssignmentValue },
    { key: StreamsGroupTopologyKey, value: StreamsGroupTopologyValue },
  ],
  transaction: [{ key: TransactionLogKey, value: TransactionLogValue }],
  share: [
    { key: ShareSnapshotKey, value: ShareSnapshotValue },
    { key: ShareUpdateKey, value: ShareUpdateValue },
  ],
} as const satisfies Record<string, readonly RecordSchemas[]>
