/**
 * Changes the levels of features: decided, stored as one row, then in force. Goes through the queue of Topics,
 * because a feature decides how configs may be changed. The rules are in features.ts.
 */
import type { Logger } from '#base/logger.ts'
import type { MetadataStore } from '#storage/metadata-store.ts'
import { StorageError } from '#storage/storage-error.ts'
import type { Configs } from './configs.ts'
import { checkFeatureUpdates } from './features.ts'
import type { FeatureLevels, FeatureUpdate } from './features.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import type { Topics } from './topics.ts'

export interface FeatureUpdatesOptions {
  readonly configs: Configs
  readonly topics: Topics
  readonly store: MetadataStore
  readonly logger: Logger
}

export class FeatureUpdates {
  readonly #configs: Configs
  readonly #topics: Topics
  readonly #store: MetadataStore
  readonly #logger: Logger

  constructor(options: FeatureUpdatesOptions) {
    this.#configs = options.configs
    this.#topics = options.topics
    this.#store = options.store
    this.#logger = options.logger
  }

  levels(): FeatureLevels {
    return this.#configs.featureLevels
  }

  /** All or none. When it resolves with undefined they are in force and stored. */
  update(updates: readonly FeatureUpdate[], validateOnly: boolean): Promise<Refusal | undefined> {
    return this.#topics.serialize(async () => {
      const fault = checkFeatureUpdates(updates, this.levels(), this.#topics.image().brokerId)
      if (fault !== undefined || validateOnly || updates.length === 0) return fault
      const after = this.levels().updated(updates)
      const configChanges = this.#configs.changesFor(after)
      try {
        await this.#store.commit([
          { type: 'setSetting', setting: 'featureLevels', value: after.text() },
          ...configChanges,
        ])
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        this.#logger.error('could not store a change of features', { error: error.message })
        return refusal('KAFKA_STORAGE_ERROR', error.message)
      }
      this.#configs.applyFeatures(after, configChanges)
      return undefined
    })
  }
}
