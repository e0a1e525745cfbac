/**
 * What stands for Kafka's metadata log where somebody asks for its offsets: a count of the changes that Kafka would
 * have in `__cluster_metadata`, stored in the same transaction as each of them. Groups and committed offsets, which
 * Kafka keeps elsewhere, pass through uncounted. Decides nothing.
 */
import type { MetadataChange, MetadataRows, MetadataStore } from '#storage/metadata-store.ts'

/**
 * The start of a broker itself is a change: in Kafka a new leader writes that it leads.
 * @param others how many changes are stored with it
 */
export function startOfLeadership(
  { settings }: Pick<MetadataRows, 'settings'>,
  others: number,
): Extract<MetadataChange, { readonly type: 'setSetting' }>[] {
  const epoch = Number(settings.get('metadataEpoch') ?? 0) + 1
  const offset = Number(settings.get('metadataOffset') ?? 0) + 1 + others
  return [
    { type: 'setSetting', setting: 'metadataEpoch', value: String(epoch) },
    { type: 'setSetting', setting: 'metadataOffset', value: String(offset) },
  ]
}

export class MetadataLog implements MetadataStore {
  readonly #store: MetadataStore
  /** How often a broker has been started on these rows. */
  readonly leaderEpoch: number
  #nextOffset: number
  #endOffset: number

  constructor(store: MetadataStore, { settings }: Pick<MetadataRows, 'settings'>) {
    this.#store = store
    this.leaderEpoch = Number(settings.get('metadataEpoch') ?? 0)
    this.#nextOffset = Number(settings.get('metadataOffset') ?? 0)
    this.#endOffset = this.#nextOffset
  }

  /** Behind the last change that is durable. */
  get endOffset(): number {
    return this.#endOffset
  }

  load(): Promise<MetadataRows> {
    return this.#store.load()
  }

  async commit(changes: readonly MetadataChange[]): Promise<void> {
    const count = changes.filter(isInLog).length
    if (count === 0) return this.#store.commit(changes)
    this.#nextOffset += count
    const endOffset = this.#nextOffset
    await this.#store.commit([
      ...changes,
      { type: 'setSetting', setting: 'metadataOffset', value: String(endOffset) },
    ])
    // A failed commit leaves its offsets out; later ones never go back behind earlier ones.
    this.#endOffset = Math.max(this.#endOffset, endOffset)
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

const elsewhere: ReadonlySet<MetadataChange['type']> = new Set([
  'putGroup',
  'deleteGroup',
  'putOffset',
  'deleteOffset',
])

function isInLog({ type }: MetadataChange): boolean {
  return !elsewhere.has(type)
}
