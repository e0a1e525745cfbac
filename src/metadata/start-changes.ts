/**
 * What a start changes in the rows before anything reads them: a new folder gets its cluster's id, an unclean stop
 * raises the epochs of partitions, and the features in force get the settings that they need. Pure.
 */
import { randomUuid } from '#base/random.ts'
import type { Random } from '#base/random.ts'
import type { ConfigRow, MetadataChange, MetadataRows } from '#storage/metadata-store.ts'
import type { BrokerConfig } from './broker-config.ts'
import { FeatureLevels } from './features.ts'
import { startOfLeadership } from './metadata-log.ts'
import { minInsyncReplicasForElr } from './min-insync-replicas.ts'

/** A start changes settings, epochs and configs, and nothing else. */
export type StartChange = Extract<
  MetadataChange,
  { readonly type: 'setSetting' | 'raiseLeaderEpochs' | 'putConfig' }
>

export interface StartOptions {
  /** With nothing dynamic in it yet. */
  readonly config: BrokerConfig
  readonly random: Random
  readonly wasUnclean: boolean
}

export function startChanges(
  rows: MetadataRows,
  { config, random, wasUnclean }: StartOptions,
): StartChange[] {
  const changes: StartChange[] = []
  if (!rows.settings.has('clusterId')) {
    changes.push({ type: 'setSetting', setting: 'clusterId', value: randomUuid(random) })
  }
  if (wasUnclean) changes.push({ type: 'raiseLeaderEpochs' })
  if (new FeatureLevels(rows.settings.get('featureLevels')).isElrEnabled) {
    changes.push(...minInsyncReplicasForElr(rows.configs, config))
  }
  return [...changes, ...startOfLeadership(rows, changes.length)]
}

/** The rows as a store has them once it has committed `changes`: reading all of them again can take seconds. */
export function afterStart(rows: MetadataRows, changes: readonly StartChange[]): MetadataRows {
  const settings = new Map(rows.settings)
  const configs = new Map(rows.configs.map(row => [idOf(row), row]))
  let { topics } = rows
  for (const change of changes) {
    switch (change.type) {
      case 'setSetting':
        settings.set(change.setting, change.value)
        break
      case 'raiseLeaderEpochs':
        topics = topics.map(topic => ({ ...topic, leaderEpoch: topic.leaderEpoch + 1 }))
        break
      default: {
        const { resource, name, key, value } = change
        if (value === undefined) configs.delete(idOf(change))
        else configs.set(idOf(change), { resource, name, key, value })
      }
    }
  }
  return { ...rows, settings, topics, configs: [...configs.values()] }
}

function idOf({ resource, name, key }: Omit<ConfigRow, 'value'>): string {
  return JSON.stringify([resource, name, key])
}
