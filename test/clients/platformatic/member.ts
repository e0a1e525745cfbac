// One consumer of a group. It commits after each fetch.

import { Consumer, stringDeserializers } from '@platformatic/kafka'
import type { ConsumerOptions } from '@platformatic/kafka'
import { eventually } from '../shared/checks.ts'
import { connection } from './broker.ts'

type Strings = ConsumerOptions<string, string, string, string>

export class Member {
  /** Values in the order of reading; members of one group may share the list. */
  readonly values: string[]
  readonly consumer: Consumer<string, string, string, string>
  failure: Error | undefined
  /** The generation for which the stream has its offsets. */
  private positionedAt: number | undefined
  private closeStream: () => Promise<void> = async () => undefined

  private constructor(group: string, values: string[], settings: Partial<Strings>) {
    this.values = values
    this.consumer = new Consumer({
      ...connection,
      groupId: group,
      sessionTimeout: 6000,
      rebalanceTimeout: 10_000,
      heartbeatInterval: 100,
      maxWaitTime: 50,
      autocommit: true,
      deserializers: stringDeserializers,
      ...settings,
    })
  }

  /** Joins, and waits until the first assignment is there. */
  static async join(
    group: string,
    topic: string,
    values: string[] = [],
    settings: Partial<Strings> = {},
  ): Promise<Member> {
    const member = new Member(group, values, settings)
    const stream = await member.consumer.consume({
      topics: [topic],
      mode: 'committed',
      fallbackMode: 'earliest',
    })
    member.closeStream = async () => stream.close()
    stream.on('error', error => (member.failure = error))
    // After a rebalance the stream asks for the committed offsets again. What it reads before they come, it reads twice.
    member.positionedAt = member.consumer.generationId
    member.consumer.on('consumer:group:join', () => (member.positionedAt = undefined))
    stream.on('offsets', () => (member.positionedAt = member.consumer.generationId))
    stream.on('data', message => void member.values.push(message.value))
    await eventually('joined', () => member.consumer.assignments !== null)
    return member
  }

  /** Partitions held now, of the one topic that a member reads; none while it does not know yet where to read them. */
  get assigned(): number[] {
    if (this.positionedAt !== this.consumer.generationId) return []
    return (this.consumer.assignments ?? []).flatMap(each => each.partitions)
  }

  /** Commits what was read and leaves the group. */
  async leave(): Promise<void> {
    await this.closeStream()
    await this.consumer.close(true)
    if (this.failure !== undefined) throw this.failure
  }
}

/** Whether two members hold all partitions between them, each one once, and neither is without. */
export function shared(first: Member, second: Member, partitions: number): boolean {
  const all = [...first.assigned, ...second.assigned]
  return (
    first.assigned.length > 0 &&
    second.assigned.length > 0 &&
    all.length === partitions &&
    new Set(all).size === partitions
  )
}
