/**
 * The settings of one partition's log, resolved: topic config, else broker config, else default.
 * metadata/configs.ts makes it; a change of config hands the log a new one. Names follow Kafka's
 * TopicConfig with the unit last. "No limit" is -1 where Kafka has -1.
 */
export interface LogConfig {
  /** segment.bytes: a segment is rolled before it would grow past this. */
  readonly segmentBytes: number
  /** segment.ms: age of a segment's first batch (by its timestamp) at which it is rolled. */
  readonly segmentMs: number
  readonly segmentJitterMs: number
  /** segment.index.bytes: a segment is rolled when its index has this size. */
  readonly segmentIndexBytes: number
  readonly indexIntervalBytes: number
  /** retention.ms; -1: no limit. */
  readonly retentionMs: number
  /** retention.bytes, per partition; -1: no limit. */
  readonly retentionBytes: number
  readonly fileDeleteDelayMs: number
  /** flush.messages: sync before the answer when at least this many records are unsynced. */
  readonly flushMessages: number
  /** flush.ms: sync at the latest this long after the write. */
  readonly flushMs: number
  readonly cleanupDelete: boolean
  readonly cleanupCompact: boolean
  /** max.message.bytes: largest batch accepted. */
  readonly maxMessageBytes: number
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime'
  /** message.timestamp.before.max.ms and .after.max.ms */
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  /** compression.type; 'producer' keeps what the client sent. */
  readonly compressionType: 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  /** compression.gzip.level, compression.lz4.level or compression.zstd.level, where it applies. */
  readonly compressionLevel: number | undefined
}
