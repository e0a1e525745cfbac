/** Makes cluster images: from the rows at start, and from the image before at each change. Pure. */
import type { MetadataRows, TopicRow } from '#storage/metadata-store.ts'
import type { BrokerConfig } from './broker-config.ts'
import type { ClusterImage, TopicImage } from './cluster-image.ts'
import { resolveLogConfig } from './topic-config.ts'

export interface ClusterIds {
  readonly clusterId: string
  readonly brokerId: number
}

/** @param config with the dynamic values of the rows already in it: see Configs.restore */
export function imageFromRows(
  { clusterId, brokerId }: ClusterIds,
  rows: Pick<MetadataRows, 'topics' | 'configs'>,
  config: BrokerConfig,
): ClusterImage {
  const overrides = new Map<string, Map<string, string>>()
  for (const row of rows.configs) {
    if (row.resource !== 'topic') continue
    let ofTopic = overrides.get(row.name)
    if (ofTopic === undefined) overrides.set(row.name, (ofTopic = new Map()))
    ofTopic.set(row.key, row.value)
  }
  const topics = rows.topics.map(row => topicImage(row, overrides.get(row.name) ?? new Map(), config))
  return withTopics({ clusterId, brokerId, topicsByName: new Map(), topicsById: new Map() }, topics)
}

export function topicImage(
  row: TopicRow,
  overrides: ReadonlyMap<string, string>,
  config: BrokerConfig,
): TopicImage {
  const { name, topicId, partitionCount, leaderEpoch } = row
  return {
    name,
    topicId,
    partitionCount,
    leaderEpoch,
    overrides,
    logConfig: resolveLogConfig(overrides, config),
  }
}

/** The image with these topics added, or in place of those of the same name. */
export function withTopics(image: ClusterImage, topics: readonly TopicImage[]): ClusterImage {
  const topicsByName = new Map(image.topicsByName)
  const topicsById = new Map(image.topicsById)
  for (const topic of topics) {
    topicsByName.set(topic.name, topic)
    topicsById.set(topic.topicId, topic)
  }
  return { ...image, topicsByName, topicsById }
}

export function withoutTopics(image: ClusterImage, topics: readonly TopicImage[]): ClusterImage {
  const topicsByName = new Map(image.topicsByName)
  const topicsById = new Map(image.topicsById)
  for (const topic of topics) {
    topicsByName.delete(topic.name)
    topicsById.delete(topic.topicId)
  }
  return { ...image, topicsByName, topicsById }
}
