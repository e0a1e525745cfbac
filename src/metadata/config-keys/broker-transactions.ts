/** Broker keys of transactions and of the share coordinator. */
import { atLeast, between, compressionId } from '../config-validators.ts'
import { boolean, int, short } from './broker-key.ts'
import type { BrokerKey } from './broker-key.ts'

export const brokerTransactionKeys: readonly BrokerKey[] = [
  int('add.partitions.to.txn.retry.backoff.max.ms', '100', 'HIGH', 'read-only', { valid: atLeast(0) }),
  int('add.partitions.to.txn.retry.backoff.ms', '20', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('share.coordinator.append.linger.ms', '-1', 'MEDIUM', 'read-only', { valid: atLeast(-1) }),
  int('share.coordinator.cached.buffer.max.bytes', '1048588', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(524_288),
  }),
  int('share.coordinator.cold.partition.snapshot.interval.ms', '300000', 'LOW', 'read-only', {
    valid: atLeast(1),
    internal: true,
  }),
  int('share.coordinator.load.buffer.size', '5242880', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('share.coordinator.snapshot.update.records.per.snapshot', '500', 'MEDIUM', 'read-only', {
    valid: between(0, 500),
  }),
  int('share.coordinator.state.topic.compression.codec', '0', 'HIGH', 'read-only', { valid: compressionId }),
  short('share.coordinator.state.topic.min.isr', '2', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('share.coordinator.state.topic.num.partitions', '50', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('share.coordinator.state.topic.prune.interval.ms', '300000', 'LOW', 'read-only', {
    valid: atLeast(1),
    internal: true,
  }),
  short('share.coordinator.state.topic.replication.factor', '3', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('share.coordinator.state.topic.segment.bytes', '104857600', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('share.coordinator.threads', '1', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('share.coordinator.write.timeout.ms', '5000', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('share.fetch.purgatory.purge.interval.requests', '1000', 'MEDIUM', 'read-only'),
  int('transaction.abort.timed.out.transaction.cleanup.interval.ms', '10000', 'LOW', 'read-only', {
    valid: atLeast(1),
  }),
  int('transaction.max.timeout.ms', '900000', 'HIGH', 'read-only', { valid: atLeast(1) }),
  boolean('transaction.partition.verification.enable', 'true', 'LOW', 'cluster-wide'),
  int('transaction.remove.expired.transaction.cleanup.interval.ms', '3600000', 'LOW', 'read-only', {
    valid: atLeast(1),
  }),
  int('transaction.state.log.load.buffer.size', '5242880', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('transaction.state.log.min.isr', '2', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('transaction.state.log.num.partitions', '50', 'HIGH', 'read-only', { valid: atLeast(1) }),
  short('transaction.state.log.replication.factor', '3', 'HIGH', 'read-only', { valid: atLeast(1) }),
  int('transaction.state.log.segment.bytes', '104857600', 'HIGH', 'read-only', { valid: atLeast(1) }),
  boolean('transaction.two.phase.commit.enable', 'false', 'LOW', 'read-only'),
  int('transactional.id.expiration.ms', '604800000', 'HIGH', 'read-only', { valid: atLeast(1) }),
]
