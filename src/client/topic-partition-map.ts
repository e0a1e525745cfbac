/** Values by topic and partition, and lists of such pairs in the shape of requests. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export function keyOf({ topic, partition }: TopicPartition): string {
  // No legal topic name has a slash.
  return `${topic}/${partition}`
}

export function formatPartition({ topic, partition }: TopicPartition): string {
  return `${topic}[${partition}]`
}

/** One entry for each topic, in the order in which they first appear. */
export function byTopic<Item extends TopicPartition>(items: Iterable<Item>): Map<string, Item[]> {
  return Map.groupBy(items, item => item.topic)
}

/** By topic, then by partition. */
export function comparePartitions(left: TopicPartition, right: TopicPartition): number {
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1
  return left.partition - right.partition
}
