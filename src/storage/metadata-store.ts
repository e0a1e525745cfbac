/**
 * Everything the broker knows that is not a record, as rows behind a port with three methods.
 * Two forms: sqlite-metadata-store.ts and memory-metadata-store.ts; recovery is a read.
 */
export interface MetadataStore {
  /** All rows, read once at start. */
  load(): Promise<MetadataRows>
  /**
   * Applies the changes in order, all or none. Durable when it resolves. Calls of one turn of the event loop
   * share one transaction and one sync.
   * @throws StorageError when nothing of them was applied
   */
  commit(changes: readonly MetadataChange[]): Promise<void>
  close(): Promise<void>
}

export interface MetadataRows {
  readonly settings: ReadonlyMap<Setting, string>
  readonly topics: readonly TopicRow[]
  readonly configs: readonly ConfigRow[]
  readonly groups: readonly GroupRow[]
  readonly offsets: readonly OffsetRow[]
}

/**
 * `nextProducerId`: decimal, the first producer id that no block has been handed out for.
 * `featureLevels`: levels of features that somebody chose, NAME=LEVEL separated by commas.
 * `metadataOffset`, `metadataEpoch`: decimal, how many changes and how many starts there have been.
 */
export type Setting =
  | 'clusterId'
  | 'brokerId'
  | 'nextProducerId'
  | 'featureLevels'
  | 'metadataOffset'
  | 'metadataEpoch'

export interface TopicRow {
  readonly topicId: string
  readonly name: string
  readonly partitionCount: number
  /** Of all its partitions; 0 at creation, one more after each unclean start. */
  readonly leaderEpoch: number
}

export type ConfigResource = 'topic' | 'broker' | 'group' | 'client-metrics'

export interface ConfigRow {
  readonly resource: ConfigResource
  /** Topic or group name; broker id in decimal, or '' for the default of all brokers. */
  readonly name: string
  readonly key: string
  readonly value: string
}

export type GroupKind = 'classic' | 'consumer' | 'share' | 'streams'

export interface GroupRow {
  readonly groupId: string
  readonly kind: GroupKind
  /** Kafka's GroupMetadataValue for a classic group, with its int16 version in front. */
  readonly value: Uint8Array
}

export interface OffsetRow {
  readonly groupId: string
  readonly topic: string
  readonly partition: number
  /** As the client sent it: any int64. */
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: number
  /** -1: follows offsets.retention.minutes. */
  readonly expireTimestampMs: number
}

export type MetadataChange =
  | { readonly type: 'setSetting'; readonly setting: Setting; readonly value: string }
  | { readonly type: 'putTopic'; readonly topic: TopicRow }
  /** Also drops the topic's configs and every offset committed for it. */
  | { readonly type: 'deleteTopic'; readonly name: string }
  /** One more for every topic: see the leader epoch in ARCHITECTURE.md. */
  | { readonly type: 'raiseLeaderEpochs' }
  /** `value` undefined drops the row. */
  | {
      readonly type: 'putConfig'
      readonly resource: ConfigResource
      readonly name: string
      readonly key: string
      readonly value: string | undefined
    }
  | { readonly type: 'putGroup'; readonly group: GroupRow }
  /** Also drops the group's offsets. */
  | { readonly type: 'deleteGroup'; readonly groupId: string }
  | { readonly type: 'putOffset'; readonly offset: OffsetRow }
  | {
      readonly type: 'deleteOffset'
      readonly groupId: string
      readonly topic: string
      readonly partition: number
    }
