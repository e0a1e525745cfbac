/**
 * What a start changes in the rows before anything reads them: a new folder gets its cluster's id, an unclean stop
 * raises the epochs of partitions, and the features in force get the settings that they need. Pure.
 */
import { randomUuid } from '#base/random.ts'
import type { Random } from '#base/random.ts'
import type { MetadataChange, MetadataRows } from '#storage/metadata-store.ts'
import type { BrokerConfig } from './broker-config.ts'
import { FeatureLevels } from './features.ts'
import { startOfLeadership } from './metadata-log.ts'
import { minInsyncReplicasForElr } from './min-insync-replicas.ts'

export interface StartOptions {
  /** With nothing dynamic in it yet. */
  readonly config: BrokerConfig
  readonly random: Random
  readonly wasUnclean: boolean
}

export function startChanges(
  rows: MetadataRows,
  { config, random, wasUnclean }: StartOptions,
): MetadataChange[] {
  const changes: MetadataChange[] = []
  if (!rows.settings.has('clusterId')) {
    changes.push({ type: 'setSetting', setting: 'clusterId', value: randomUuid(random) })
  }
  if (wasUnclean) changes.push({ type: 'raiseLeaderEpochs' })
  if (new FeatureLevels(rows.settings.get('featureLevels')).isElrEnabled) {
    changes.push(...minInsyncReplicasForElr(rows.configs, config))
  }
  return [...changes, ...startOfLeadership(rows, changes.length)]
}
