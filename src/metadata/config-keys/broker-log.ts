/** Broker keys of topics and their logs: creation, retention, segments, flush, what a batch may be. */
import { atLeast, between, gzipLevel, listOf, listOfAny, oneOf } from '../config-validators.ts'
import { boolean, className, double, int, list, long, string } from './broker-key.ts'
import type { BrokerKey } from './broker-key.ts'

export const brokerLogKeys: readonly BrokerKey[] = [
  className('alter.config.policy.class.name', null, 'LOW', 'read-only'),
  boolean('auto.create.topics.enable', 'true', 'HIGH', 'read-only', {
    effect:
      'Whether a topic that a client asks metadata of, and that does not exist, is created with the default settings.',
  }),
  int('background.threads', '10', 'HIGH', 'cluster-wide', { valid: atLeast(1) }),
  int('compression.gzip.level', '-1', 'MEDIUM', 'cluster-wide', {
    valid: gzipLevel,
    effect:
      'Level used when the broker packs a batch with gzip: 1 is the fastest, 9 the smallest, -1 the default of the library.',
  }),
  int('compression.lz4.level', '9', 'MEDIUM', 'cluster-wide', { valid: between(1, 17) }),
  string('compression.type', 'producer', 'HIGH', 'cluster-wide', {
    valid: oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
    effect:
      'Codec that batches are stored in: producer keeps what the client chose; with any other value a batch in another codec is packed again.',
  }),
  int('compression.zstd.level', '3', 'MEDIUM', 'cluster-wide', {
    valid: between(-131_072, 22),
    effect: 'Level used when the broker packs a batch with zstd.',
  }),
  list('cordoned.log.dirs', '', 'MEDIUM', 'per-broker', {
    valid: listOfAny({ empty: true, nullable: true }),
  }),
  className('create.topic.policy.class.name', null, 'LOW', 'read-only'),
  int('default.replication.factor', '1', 'MEDIUM', 'read-only'),
  boolean('delete.topic.enable', 'true', 'HIGH', 'read-only', {
    effect: 'Whether DeleteTopics is answered; when false it is refused.',
  }),
  long('log.cleaner.backoff.ms', '15000', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  long('log.cleaner.dedupe.buffer.size', '134217728', 'MEDIUM', 'cluster-wide'),
  long('log.cleaner.delete.retention.ms', '86400000', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  boolean('log.cleaner.enable', 'true', 'MEDIUM', 'read-only'),
  double('log.cleaner.io.buffer.load.factor', '0.9', 'MEDIUM', 'cluster-wide'),
  int('log.cleaner.io.buffer.size', '524288', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  double('log.cleaner.io.max.bytes.per.second', '1.7976931348623157E308', 'MEDIUM', 'cluster-wide'),
  long('log.cleaner.max.compaction.lag.ms', '9223372036854775807', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(1),
  }),
  double('log.cleaner.min.cleanable.ratio', '0.5', 'MEDIUM', 'cluster-wide', { valid: between(0, 1) }),
  long('log.cleaner.min.compaction.lag.ms', '0', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  int('log.cleaner.threads', '1', 'MEDIUM', 'cluster-wide', { valid: atLeast(0) }),
  list('log.cleanup.policy', 'delete', 'MEDIUM', 'cluster-wide', {
    valid: listOf({ empty: true }, 'compact', 'delete'),
    effect:
      'What happens to old records of topics without their own cleanup.policy: delete drops whole segments by age and size, compact refuses records without a key.',
  }),
  list('log.dir', '/tmp/kafka-logs', 'HIGH', 'read-only', {
    valid: listOfAny({}),
    effect: 'The data folder, where log.dirs is not given.',
  }),
  long('log.dir.failure.timeout.ms', '30000', 'LOW', 'read-only', { valid: atLeast(1) }),
  list('log.dirs', null, 'HIGH', 'read-only', {
    valid: listOfAny({ nullable: true }),
    effect: 'The data folder. One folder; it holds the partitions and the metadata.',
  }),
  long('log.flush.interval.messages', '1', 'HIGH', 'cluster-wide', {
    valid: atLeast(1),
    effect:
      'How many records a partition may take before they are synced to disk. The default here is 1: nothing is acknowledged before it is on disk. 9223372036854775807 leaves the moment to the operating system, as Kafka does by default.',
  }),
  long('log.flush.interval.ms', null, 'HIGH', 'cluster-wide', {
    effect:
      'Longest time in milliseconds that a record waits for its sync to disk. Unset: log.flush.scheduler.interval.ms.',
  }),
  int('log.flush.offset.checkpoint.interval.ms', '60000', 'HIGH', 'read-only', {
    valid: atLeast(0),
    effect:
      'How often is written down up to where each log is on disk. What lies behind it is scanned after an unclean stop.',
  }),
  long('log.flush.scheduler.interval.ms', '9223372036854775807', 'HIGH', 'read-only', {
    effect: 'The value of log.flush.interval.ms where that one is not set.',
  }),
  int('log.flush.start.offset.checkpoint.interval.ms', '60000', 'HIGH', 'read-only', { valid: atLeast(0) }),
  int('log.index.interval.bytes', '4096', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(0),
    effect:
      'Bytes of log between two entries of the offset index. A smaller number finds an offset with less reading and makes the index larger.',
  }),
  int('log.index.size.max.bytes', '10485760', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(4),
    effect: 'Size at which an index is full and its segment is rolled.',
  }),
  long('log.initial.task.delay.ms', '30000', 'LOW', 'read-only', { valid: atLeast(0), internal: true }),
  long('log.local.retention.bytes', '-2', 'MEDIUM', 'cluster-wide', { valid: atLeast(-2) }),
  long('log.local.retention.ms', '-2', 'MEDIUM', 'cluster-wide', { valid: atLeast(-2) }),
  long('log.message.timestamp.after.max.ms', '3600000', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(0),
    effect:
      'How far in the future the time of a record may be before its batch is refused. Does not apply to LogAppendTime.',
  }),
  long('log.message.timestamp.before.max.ms', '9223372036854775807', 'MEDIUM', 'cluster-wide', {
    valid: atLeast(0),
    effect:
      'How far in the past the time of a record may be before its batch is refused. Does not apply to LogAppendTime.',
  }),
  string('log.message.timestamp.type', 'CreateTime', 'MEDIUM', 'cluster-wide', {
    valid: oneOf('CreateTime', 'LogAppendTime'),
    effect:
      'Whether records keep the time that the producer gave (CreateTime) or get the time of the append (LogAppendTime).',
  }),
  boolean('log.preallocate', 'false', 'MEDIUM', 'cluster-wide'),
  long('log.retention.bytes', '-1', 'HIGH', 'cluster-wide', {
    effect: 'Size to which the log of one partition is cut, oldest segments first. -1: no limit.',
  }),
  long('log.retention.check.interval.ms', '300000', 'MEDIUM', 'read-only', {
    valid: atLeast(1),
    effect: 'How often logs are looked through for segments that retention drops.',
  }),
  int('log.retention.hours', '168', 'HIGH', 'read-only', {
    effect: 'Age in hours at which a segment is dropped, where neither milliseconds nor minutes are set.',
  }),
  int('log.retention.minutes', null, 'HIGH', 'read-only', {
    effect: 'Age in minutes at which a segment is dropped. Unset: log.retention.hours.',
  }),
  long('log.retention.ms', null, 'HIGH', 'cluster-wide', {
    effect: 'Age in milliseconds at which a segment is dropped. -1: no limit. Unset: log.retention.minutes.',
  }),
  int('log.roll.hours', '168', 'HIGH', 'read-only', {
    valid: atLeast(1),
    effect: 'Age in hours at which the active segment is rolled.',
  }),
  int('log.roll.jitter.hours', '0', 'HIGH', 'read-only', { valid: atLeast(0), effect: 'The same in hours.' }),
  long('log.roll.jitter.ms', null, 'HIGH', 'cluster-wide', {
    effect:
      'Largest random time in milliseconds taken off the age at which a segment is rolled, so that segments are not rolled all at once. Unset: log.roll.jitter.hours.',
  }),
  long('log.roll.ms', null, 'HIGH', 'cluster-wide', {
    effect: 'Age in milliseconds at which the active segment is rolled. Unset: log.roll.hours.',
  }),
  int('log.segment.bytes', '1073741824', 'HIGH', 'cluster-wide', {
    valid: atLeast(1_048_576),
    effect: 'Size at which a segment file is rolled.',
  }),
  long('log.segment.delete.delay.ms', '60000', 'HIGH', 'cluster-wide', {
    valid: atLeast(0),
    effect: 'Time between the renaming of a file that is to go and its removal.',
  }),
  int('max.request.partition.size.limit', '2000', 'MEDIUM', 'read-only', {
    valid: atLeast(1),
    effect: 'Most partitions in one answer to DescribeTopicPartitions.',
  }),
  int('message.max.bytes', '1048588', 'HIGH', 'cluster-wide', {
    valid: atLeast(0),
    effect:
      'Largest record batch, as the client sent it, that a topic without its own max.message.bytes takes. In bytes.',
  }),
  int('min.insync.replicas', '1', 'HIGH', 'cluster-wide', { valid: atLeast(1) }),
  int('num.partitions', '1', 'MEDIUM', 'read-only', {
    valid: atLeast(1),
    effect: 'Number of partitions of a topic that is created without one.',
  }),
  int('num.recovery.threads.per.data.dir', '2', 'HIGH', 'cluster-wide', { valid: atLeast(1) }),
  int('producer.id.expiration.check.interval.ms', '600000', 'LOW', 'read-only', {
    valid: atLeast(1),
    internal: true,
    effect:
      'How often idempotent producers are looked through for those that have written nothing for too long.',
  }),
  int('producer.id.expiration.ms', '86400000', 'LOW', 'cluster-wide', {
    valid: atLeast(1),
    effect: 'How long the sequence numbers of an idempotent producer that writes nothing are remembered.',
  }),
  long('server.max.startup.time.ms', '9223372036854775807', 'MEDIUM', 'read-only', {
    valid: atLeast(0),
    internal: true,
  }),
]
