/** Reads topics as a member of a group, which is left in good order whatever ends the reading. */
import type { Cluster } from '#client/cluster.ts'
import { GroupConsumer } from '#client/group-consumer.ts'
import { type IsolationLevel, offsetRanges } from '#client/list-offsets.ts'
import type { Position } from '#client/partition-reader.ts'
import { keyOf } from '#client/topic-partition-map.ts'
import { onInterrupt } from './interrupt.ts'
import { outputGone, unlessAborted } from './output.ts'
import type { RecordPrinter } from './record-printer.ts'

export interface GroupRequest {
  readonly groupId: string
  /** Names, or a pattern of names. */
  readonly topics: readonly string[] | RegExp
  readonly reset: 'earliest' | 'latest'
  readonly isolationLevel: IsolationLevel
  readonly exitAtEnd: boolean
  readonly printer: RecordPrinter
}

export async function consumeInGroup(cluster: Cluster, request: GroupRequest): Promise<void> {
  const { printer, groupId, topics, reset, isolationLevel } = request
  const stop = AbortSignal.any([onInterrupt(), outputGone])
  // A wrong name is an error now; within a group it might be a topic that comes later.
  if (!(topics instanceof RegExp)) for (const name of topics) await cluster.topic(name)
  const ends = new Ends(cluster, request)
  const onAssigned = (positions: readonly Position[]): void => ends.setAssigned(positions)
  const consumer = new GroupConsumer(cluster, { groupId, topics, reset, isolationLevel, onAssigned })
  try {
    while (!printer.isDone && !stop.aborted && !(await ends.areReached())) {
      const fetched = (await unlessAborted(consumer.poll(), stop)) ?? []
      const dealtWith = new Map<string, number>()
      for (const partition of fetched) {
        const key = keyOf(partition)
        const offset = stop.aborted ? firstOffset(partition) : await printer.print(partition, ends.of(key))
        dealtWith.set(key, offset)
        ends.setPosition(key, offset)
      }
      // Written to a pipe that nobody reads is not dealt with: these records come again.
      if (!outputGone.aborted) consumer.markDone(dealtWith)
    }
  } finally {
    await consumer.close({ commit: !outputGone.aborted })
  }
}

function firstOffset({
  records,
  nextOffset,
}: {
  records: readonly { offset: number }[]
  nextOffset: number
}): number {
  return records[0]?.offset ?? nextOffset
}

/** With `--exit`: where the partitions ended when they were first seen, and whether all of this member's are there. */
class Ends {
  readonly #cluster: Cluster
  readonly #request: GroupRequest
  readonly #ends = new Map<string, number>()
  readonly #positions = new Map<string, number>()
  #assigned: readonly Position[] | undefined

  constructor(cluster: Cluster, request: GroupRequest) {
    this.#cluster = cluster
    this.#request = request
  }

  setAssigned(positions: readonly Position[]): void {
    this.#assigned = positions
    this.#positions.clear()
    for (const position of positions) this.#positions.set(keyOf(position), position.offset)
  }

  setPosition(key: string, offset: number): void {
    this.#positions.set(key, offset)
  }

  of(key: string): number {
    return this.#ends.get(key) ?? Infinity
  }

  async areReached(): Promise<boolean> {
    if (!this.#request.exitAtEnd || this.#assigned === undefined) return false
    const unseen = this.#assigned.filter(position => !this.#ends.has(keyOf(position)))
    if (unseen.length > 0) {
      const ranges = await offsetRanges(this.#cluster, unseen, this.#request.isolationLevel)
      for (const [key, { end }] of ranges) this.#ends.set(key, end)
    }
    return this.#assigned.every(position => {
      const key = keyOf(position)
      return this.#positions.get(key)! >= this.#ends.get(key)!
    })
  }
}
