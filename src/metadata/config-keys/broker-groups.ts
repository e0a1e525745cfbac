/** Broker keys of groups and committed offsets. */
import {
  atLeast,
  between,
  compressionId,
  listOf,
  listOfAny,
  oneOfIgnoringCase,
} from '../config-validators.ts'
import { int, list, long, short, string } from './broker-key.ts'
import type { BrokerKey } from './broker-key.ts'

export const brokerGroupKeys: readonly BrokerKey[] = [
  int('group.consumer.assignment.interval.ms', '1000', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  list('group.consumer.assignors', 'uniform,range', 'MEDIUM', 'read-only', { valid: listOfAny({}) }),
  int('group.consumer.heartbeat.interval.ms', '5000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.consumer.max.assignment.interval.ms', '15000', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.consumer.max.heartbeat.interval.ms', '15000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.consumer.max.session.timeout.ms', '60000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.consumer.max.size', '2147483647', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  string('group.consumer.migration.policy', 'bidirectional', 'MEDIUM', 'read-only', {
    valid: oneOfIgnoringCase('DISABLED', 'DOWNGRADE', 'UPGRADE', 'BIDIRECTIONAL'),
  }),
  int('group.consumer.min.assignment.interval.ms', '0', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.consumer.min.heartbeat.interval.ms', '5000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.consumer.min.session.timeout.ms', '45000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.consumer.regex.refresh.interval.ms', '600000', 'MEDIUM', 'read-only', {
    valid: atLeast(10_000),
    internal: true,
  }),
  int('group.consumer.session.timeout.ms', '45000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.coordinator.append.linger.ms', '-1', 'MEDIUM', 'read-only', { valid: atLeast(-1) }),
  int('group.coordinator.background.threads', '2', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('group.coordinator.cached.buffer.max.bytes', '1048588', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(524_288),
  }),
  list('group.coordinator.rebalance.protocols', 'classic,consumer,streams', 'MEDIUM', 'read-only', {
    valid: listOf({}, 'consumer', 'classic', 'share', 'streams'),
  }),
  int('group.coordinator.threads', '4', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('group.initial.rebalance.delay.ms', '3000', 'MEDIUM', 'read-only', {
    effect: 'How long a new group waits for further members before its first rebalance ends.',
  }),
  int('group.max.session.timeout.ms', '1800000', 'MEDIUM', 'read-only', {
    effect: 'Longest session time-out that a member of a classic group may ask for.',
  }),
  int('group.max.size', '2147483647', 'MEDIUM', 'read-only', {
    valid: atLeast(1),
    effect: 'Largest number of members of a classic group.',
  }),
  int('group.min.session.timeout.ms', '6000', 'MEDIUM', 'read-only', {
    effect: 'Shortest session time-out that a member of a classic group may ask for.',
  }),
  int('group.share.assignment.interval.ms', '1000', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  list('group.share.assignors', 'simple', 'MEDIUM', 'read-only', { valid: listOfAny({}) }),
  int('group.share.delivery.count.limit', '5', 'MEDIUM', 'read-only', { valid: between(2, 10) }),
  int('group.share.heartbeat.interval.ms', '5000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.share.initialize.retry.interval.ms', '30000', 'LOW', 'read-only', {
    valid: atLeast(1),
    internal: true,
  }),
  int('group.share.max.assignment.interval.ms', '15000', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.share.max.delivery.count.limit', '10', 'MEDIUM', 'read-only', { valid: between(5, 25) }),
  int('group.share.max.heartbeat.interval.ms', '15000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.share.max.partition.max.record.locks', '4000', 'MEDIUM', 'read-only', {
    valid: between(2000, 10_000),
  }),
  int('group.share.max.record.lock.duration.ms', '60000', 'MEDIUM', 'read-only', {
    valid: between(30_000, 3_600_000),
  }),
  int('group.share.max.session.timeout.ms', '60000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.share.max.share.sessions', '2000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.share.max.size', '200', 'MEDIUM', 'read-only', { valid: between(1, 1000) }),
  int('group.share.min.assignment.interval.ms', '0', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.share.min.delivery.count.limit', '2', 'MEDIUM', 'read-only', { valid: between(2, 5) }),
  int('group.share.min.heartbeat.interval.ms', '5000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.share.min.partition.max.record.locks', '100', 'MEDIUM', 'read-only', {
    valid: between(100, 2000),
  }),
  int('group.share.min.record.lock.duration.ms', '15000', 'MEDIUM', 'read-only', {
    valid: between(1000, 30_000),
  }),
  int('group.share.min.session.timeout.ms', '45000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.share.partition.max.record.locks', '2000', 'MEDIUM', 'read-only', {
    valid: between(100, 10_000),
  }),
  string(
    'group.share.persister.class.name',
    'org.apache.kafka.server.share.persister.DefaultStatePersister',
    'MEDIUM',
    'read-only',
    { internal: true },
  ),
  int('group.share.record.lock.duration.ms', '30000', 'MEDIUM', 'read-only', {
    valid: between(1000, 3_600_000),
  }),
  int('group.share.session.timeout.ms', '45000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.streams.assignment.interval.ms', '1000', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  int('group.streams.heartbeat.interval.ms', '5000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.streams.initial.rebalance.delay.ms', '3000', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.streams.max.assignment.interval.ms', '15000', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.streams.max.heartbeat.interval.ms', '15000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.streams.max.session.timeout.ms', '60000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.streams.max.size', '2147483647', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.streams.max.standby.replicas', '2', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.streams.min.assignment.interval.ms', '0', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.streams.min.heartbeat.interval.ms', '5000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.streams.min.session.timeout.ms', '45000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('group.streams.num.standby.replicas', '0', 'MEDIUM', 'read-only', { valid: atLeast(0) }),
  int('group.streams.session.timeout.ms', '45000', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('offset.metadata.max.bytes', '4096', 'HIGH', 'read-only', {
    effect: 'Largest text that a client may commit beside an offset.',
  }),
  int('offsets.commit.timeout.ms', '5000', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('offsets.load.buffer.size', '5242880', 'HIGH', 'read-only', { valid: atLeast(1) }),
  long('offsets.retention.check.interval.ms', '600000', 'HIGH', 'read-only', {
    valid: atLeast(1),
    effect: 'How often committed offsets are looked through for those that are past their time.',
  }),
  int('offsets.retention.minutes', '10080', 'HIGH', 'read-only', {
    valid: atLeast(1),
    effect:
      'How long committed offsets are kept after their group became empty or stopped reading the topic.',
  }),
  int('offsets.topic.compression.codec', '0', 'HIGH', 'read-only', { valid: compressionId }),
  int('offsets.topic.num.partitions', '50', 'HIGH', 'read-only', { valid: atLeast(1) }),
  short('offsets.topic.replication.factor', '3', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('offsets.topic.segment.bytes', '104857600', 'HIGH', 'read-only', { valid: atLeast(1) }),
]
