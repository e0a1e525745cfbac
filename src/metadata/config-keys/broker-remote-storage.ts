/** Broker keys of tiered storage. */
import { atLeast, between, nonEmpty } from '../config-validators.ts'
import { boolean, double, int, long, string } from './broker-key.ts'
import type { BrokerKey } from './broker-key.ts'

export const brokerRemoteStorageKeys: readonly BrokerKey[] = [
  boolean('follower.fetch.last.tiered.offset.enable', 'false', 'MEDIUM', 'cluster-wide'),
  int('remote.fetch.max.wait.ms', '500', 'MEDIUM', 'cluster-wide', { valid: atLeast(1) }),
  long('remote.list.offsets.request.timeout.ms', '30000', 'MEDIUM', 'cluster-wide', { valid: atLeast(1) }),
  long('remote.log.index.file.cache.total.size.bytes', '1073741824', 'LOW', 'cluster-wide', {
    valid: atLeast(1),
  }),
  long('remote.log.index.file.cache.ttl.ms', '900000', 'LOW', 'read-only', {
    valid: atLeast(-1),
    internal: true,
  }),
  int('remote.log.manager.copier.thread.pool.size', '10', 'MEDIUM', 'cluster-wide', { valid: atLeast(1) }),
  long('remote.log.manager.copy.max.bytes.per.second', '9223372036854775807', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(1),
  }),
  int('remote.log.manager.copy.quota.window.num', '11', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('remote.log.manager.copy.quota.window.size.seconds', '1', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('remote.log.manager.expiration.thread.pool.size', '10', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(1),
  }),
  long('remote.log.manager.fetch.max.bytes.per.second', '9223372036854775807', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(1),
  }),
  int('remote.log.manager.fetch.quota.window.num', '11', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('remote.log.manager.fetch.quota.window.size.seconds', '1', 'MEDIUM', 'read-only', {
    valid: atLeast(1),
  }),
  int('remote.log.manager.follower.thread.pool.size', '2', 'MEDIUM', 'cluster-wide', { valid: atLeast(1) }),
  long('remote.log.manager.task.interval.ms', '30000', 'LOW', 'read-only', { valid: atLeast(1) }),
  long('remote.log.manager.task.retry.backoff.max.ms', '30000', 'LOW', 'read-only', {
    valid: atLeast(1),
    internal: true,
  }),
  long('remote.log.manager.task.retry.backoff.ms', '500', 'LOW', 'read-only', {
    valid: atLeast(1),
    internal: true,
  }),
  double('remote.log.manager.task.retry.jitter', '0.2', 'LOW', 'read-only', {
    valid: between(0, 0.5),
    internal: true,
  }),
  int('remote.log.manager.thread.pool.size', '2', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('remote.log.metadata.custom.metadata.max.bytes', '128', 'LOW', 'read-only', { valid: atLeast(0) }),
  string(
    'remote.log.metadata.manager.class.name',
    'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager',
    'MEDIUM',
    'read-only',
    { valid: nonEmpty },
  ),
  string('remote.log.metadata.manager.class.path', null, 'MEDIUM', 'read-only'),
  string('remote.log.metadata.manager.impl.prefix', 'rlmm.config.', 'MEDIUM', 'read-only', {
    valid: nonEmpty,
  }),
  string('remote.log.metadata.manager.listener.name', null, 'MEDIUM', 'read-only', { valid: nonEmpty }),
  int('remote.log.reader.max.pending.tasks', '100', 'MEDIUM', 'read-only', { valid: atLeast(1) }),
  int('remote.log.reader.threads', '10', 'MEDIUM', 'cluster-wide', { valid: atLeast(1) }),
  string('remote.log.storage.manager.class.name', null, 'MEDIUM', 'read-only', { valid: nonEmpty }),
  string('remote.log.storage.manager.class.path', null, 'MEDIUM', 'read-only'),
  string('remote.log.storage.manager.impl.prefix', 'rsm.config.', 'MEDIUM', 'read-only', { valid: nonEmpty }),
  boolean('remote.log.storage.system.enable', 'false', 'MEDIUM', 'read-only'),
]
