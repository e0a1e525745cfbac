/**
 * Shares out the partitions of each topic in ranges, as Kafka's RangeAssignor: the first members in order get one
 * more where it does not come out even. Pure.
 */
export interface Subscriber {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly topics: readonly string[]
}

export interface AssignedPartition {
  readonly topic: string
  readonly partition: number
}

/**
 * @param partitionCounts of the topics that exist
 * @returns partitions by member id; an entry for every member
 */
export function assignRanges(
  members: readonly Subscriber[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, AssignedPartition[]> {
  const assigned = new Map(members.map(({ memberId }) => [memberId, [] as AssignedPartition[]]))
  const ordered = members.toSorted(compareMembers)
  const topics = new Set(members.flatMap(member => member.topics))
  for (const topic of [...topics].sort()) {
    const count = partitionCounts.get(topic) ?? 0
    const subscribers = ordered.filter(member => member.topics.includes(topic))
    let partition = 0
    for (const [index, { memberId }] of subscribers.entries()) {
      const share = Math.floor(count / subscribers.length) + (index < count % subscribers.length ? 1 : 0)
      for (let left = share; left > 0; left--) assigned.get(memberId)!.push({ topic, partition: partition++ })
    }
  }
  return assigned
}

/** Static members first, by their instance ids; then the others by their member ids. */
function compareMembers(left: Subscriber, right: Subscriber): number {
  if (left.groupInstanceId !== null && right.groupInstanceId !== null) {
    return compareText(left.groupInstanceId, right.groupInstanceId)
  }
  if (left.groupInstanceId !== null) return -1
  if (right.groupInstanceId !== null) return 1
  return compareText(left.memberId, right.memberId)
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
