/**
 * Every API that this broker answers, in the order of API keys: the table of contents of api/, and the one list from
 * which ApiVersions, dispatch and the compatibility table are made.
 */
import { addRaftVoterHandler } from './cluster/add-raft-voter.ts'
import { makeApiVersionsHandler } from './cluster/api-versions.ts'
import { describeClusterHandler } from './cluster/describe-cluster.ts'
import { describeQuorumHandler } from './cluster/describe-quorum.ts'
import { metadataHandler } from './cluster/metadata.ts'
import { removeRaftVoterHandler } from './cluster/remove-raft-voter.ts'
import { unregisterBrokerHandler } from './cluster/unregister-broker.ts'
import { updateFeaturesHandler } from './cluster/update-features.ts'
import { alterConfigsHandler } from './configs/alter-configs.ts'
import { describeConfigsHandler } from './configs/describe-configs.ts'
import { incrementalAlterConfigsHandler } from './configs/incremental-alter-configs.ts'
import { listConfigResourcesHandler } from './configs/list-config-resources.ts'
import type { AnyHandler } from './dispatch.ts'
import { deleteGroupsHandler } from './groups/delete-groups.ts'
import { describeGroupsHandler } from './groups/describe-groups.ts'
import { findCoordinatorHandler } from './groups/find-coordinator.ts'
import { heartbeatHandler } from './groups/heartbeat.ts'
import { joinGroupHandler } from './groups/join-group.ts'
import { leaveGroupHandler } from './groups/leave-group.ts'
import { listGroupsHandler } from './groups/list-groups.ts'
import { offsetCommitHandler } from './groups/offset-commit.ts'
import { offsetDeleteHandler } from './groups/offset-delete.ts'
import { offsetFetchHandler } from './groups/offset-fetch.ts'
import { syncGroupHandler } from './groups/sync-group.ts'
import { alterReplicaLogDirsHandler } from './records/alter-replica-log-dirs.ts'
import { deleteRecordsHandler } from './records/delete-records.ts'
import { describeLogDirsHandler } from './records/describe-log-dirs.ts'
import { describeProducersHandler } from './records/describe-producers.ts'
import { fetchHandler } from './records/fetch.ts'
import { listOffsetsHandler } from './records/list-offsets.ts'
import { offsetForLeaderEpochHandler } from './records/offset-for-leader-epoch.ts'
import { produceHandler } from './records/produce.ts'
import { alterPartitionReassignmentsHandler } from './topics/alter-partition-reassignments.ts'
import { createPartitionsHandler } from './topics/create-partitions.ts'
import { createTopicsHandler } from './topics/create-topics.ts'
import { deleteTopicsHandler } from './topics/delete-topics.ts'
import { describeTopicPartitionsHandler } from './topics/describe-topic-partitions.ts'
import { electLeadersHandler } from './topics/elect-leaders.ts'
import { listPartitionReassignmentsHandler } from './topics/list-partition-reassignments.ts'
import { initProducerIdHandler } from './transactions/init-producer-id.ts'

export const handlers: readonly AnyHandler[] = [
  produceHandler, // 0
  fetchHandler, // 1
  listOffsetsHandler, // 2
  metadataHandler, // 3
  offsetCommitHandler, // 8
  offsetFetchHandler, // 9
  findCoordinatorHandler, // 10
  joinGroupHandler, // 11
  heartbeatHandler, // 12
  leaveGroupHandler, // 13
  syncGroupHandler, // 14
  describeGroupsHandler, // 15
  listGroupsHandler, // 16
  makeApiVersionsHandler(() => handlers), // 18
  createTopicsHandler, // 19
  deleteTopicsHandler, // 20
  deleteRecordsHandler, // 21
  initProducerIdHandler, // 22
  offsetForLeaderEpochHandler, // 23
  describeConfigsHandler, // 32
  alterConfigsHandler, // 33
  alterReplicaLogDirsHandler, // 34
  describeLogDirsHandler, // 35
  createPartitionsHandler, // 37
  deleteGroupsHandler, // 42
  electLeadersHandler, // 43
  incrementalAlterConfigsHandler, // 44
  alterPartitionReassignmentsHandler, // 45
  listPartitionReassignmentsHandler, // 46
  offsetDeleteHandler, // 47
  describeQuorumHandler, // 55
  updateFeaturesHandler, // 57
  describeClusterHandler, // 60
  describeProducersHandler, // 61
  unregisterBrokerHandler, // 64
  listConfigResourcesHandler, // 74
  describeTopicPartitionsHandler, // 75
  addRaftVoterHandler, // 80
  removeRaftVoterHandler, // 81
]
