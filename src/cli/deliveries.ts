/** Records that are under way to the brokers: counted rather than kept, because there may be many. */
import type { SentRecord } from '#client/producer.ts'
import { formatTable } from './table.ts'

/** What of one partition has been stored. */
interface Stored {
  readonly topic: string
  readonly partition: number
  count: number
  first: number
  last: number
}

export class Deliveries {
  /** The first. */
  failure: unknown
  readonly #onFailure: () => void
  readonly #stored = new Map<string, Stored>()
  #openCount = 0
  #allSettled: (() => void) | undefined

  /** @param onFailure called at each failure */
  constructor(onFailure: () => void) {
    this.#onFailure = onFailure
  }

  add(delivery: Promise<SentRecord>): void {
    this.#openCount++
    delivery
      .then(sent => this.#note(sent))
      .catch((error: unknown) => {
        this.failure ??= error
        this.#onFailure()
      })
      .finally(() => {
        if (--this.#openCount === 0) this.#allSettled?.()
      })
  }

  settled(): Promise<void> {
    if (this.#openCount === 0) return Promise.resolve()
    return new Promise(resolve => {
      this.#allSettled = resolve
    })
  }

  /** A table of what has been stored; undefined where that is nothing. */
  summary(): string | undefined {
    if (this.#stored.size === 0) return undefined
    const all = [...this.#stored.values()].toSorted(
      (a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0) || a.partition - b.partition,
    )
    const haveManyTopics = all.some(({ topic }) => topic !== all[0]!.topic)
    const numbers = ['PARTITION', 'RECORDS', 'FIRST', 'LAST'].map(
      title => ({ title, align: 'right' }) as const,
    )
    return formatTable(
      haveManyTopics ? [{ title: 'TOPIC' }, ...numbers] : numbers,
      all.map(({ topic, partition, count, first, last }) => [
        ...(haveManyTopics ? [topic] : []),
        ...[partition, count, first, last].map(String),
      ]),
    )
  }

  #note({ topic, partition, offset }: SentRecord): void {
    const key = `${topic} ${partition}`
    const sofar = this.#stored.get(key)
    if (sofar === undefined) {
      this.#stored.set(key, { topic, partition, count: 1, first: offset, last: offset })
      return
    }
    sofar.count++
    if (offset >= 0) sofar.last = offset
  }
}
