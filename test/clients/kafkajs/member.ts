// One consumer of a group. kafkajs commits after each batch, before the next one and before it gives partitions up.

import type { Consumer } from 'kafkajs'
import { eventually } from '../shared/checks.ts'
import { kafka } from './broker.ts'

export class Member {
  /** Partitions of the topic held now. */
  assigned: number[] = []
  /** Values in the order of reading; members of one group may share the list. */
  readonly values: string[]
  readonly consumer: Consumer

  private constructor(group: string, values: string[]) {
    this.values = values
    this.consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: 6000,
      heartbeatInterval: 100,
      maxWaitTimeInMs: 50,
      retry: { retries: 5, initialRetryTime: 50 },
    })
  }

  /** Joins, and waits until the first assignment is there. */
  static async join(group: string, topic: string, values: string[] = []): Promise<Member> {
    const member = new Member(group, values)
    const { consumer } = member
    let joined = false
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      joined = true
      member.assigned = payload.memberAssignment[topic] ?? []
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void member.values.push(String(message.value)) })
    await eventually('joined', () => joined)
    return member
  }

  async leave(): Promise<void> {
    await this.consumer.disconnect()
  }
}

/** Whether two members hold all partitions between them, each one once, and neither is without. */
export function shared(first: Member, second: Member, partitions: number): boolean {
  const all = new Set([...first.assigned, ...second.assigned])
  return (
    first.assigned.length > 0 &&
    second.assigned.length > 0 &&
    first.assigned.length + second.assigned.length === partitions &&
    all.size === partitions
  )
}
