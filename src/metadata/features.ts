/**
 * The features of the cluster: which levels this broker knows, and which is in force (KIP-584). Rules and messages
 * as Kafka's FeatureControlManager has them. Stores nothing; see feature-updates.ts. Pure.
 *
 * Of Kafka's features only those are here whose meaning is here; each of the others comes with what it stands for.
 */
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'

export interface Feature {
  readonly name: string
  readonly minLevel: number
  readonly maxLevel: number
  /** In force where nobody chose another: what Kafka 4.3 formats a new cluster with. */
  readonly defaultLevel: number
}

export const metadataVersion: Feature = {
  name: 'metadata.version',
  minLevel: 7,
  maxLevel: 30,
  defaultLevel: 30,
}

/**
 * Replicas that may still lead when no one is in sync (KIP-966). There is one replica here, so that none ever falls
 * out; what is left of the feature is who may change min.insync.replicas.
 */
export const eligibleLeaderReplicas: Feature = {
  name: 'eligible.leader.replicas.version',
  minLevel: 0,
  maxLevel: 1,
  defaultLevel: 1,
}

export const features: readonly Feature[] = [eligibleLeaderReplicas, metadataVersion]

export type UpgradeType = 'UNKNOWN' | 'UPGRADE' | 'SAFE_DOWNGRADE' | 'UNSAFE_DOWNGRADE'

export interface FeatureUpdate {
  readonly name: string
  readonly level: number
  readonly upgradeType: UpgradeType
}

/** The levels in force. */
export class FeatureLevels {
  /** What somebody chose, by name. */
  #chosen: ReadonlyMap<string, number>

  /** @param text as `text` gives it; levels that this release does not know are passed over */
  constructor(text = '') {
    const chosen = new Map<string, number>()
    for (const item of text.split(',')) {
      const [, name, level] = /^(.+)=(\d+)$/.exec(item) ?? []
      const feature = features.find(known => known.name === name)
      if (feature !== undefined && isSupported(feature, Number(level)))
        chosen.set(feature.name, Number(level))
    }
    this.#chosen = chosen
  }

  /** 0: not in force. */
  level(feature: Feature): number {
    return this.#chosen.get(feature.name) ?? feature.defaultLevel
  }

  get isElrEnabled(): boolean {
    return this.level(eligibleLeaderReplicas) > 0
  }

  /** After these updates, which are known to be allowed. */
  updated(updates: readonly FeatureUpdate[]): FeatureLevels {
    const after = new FeatureLevels()
    after.#chosen = new Map([...this.#chosen, ...updates.map(({ name, level }) => [name, level] as const)])
    return after
  }

  /** For a row: NAME=LEVEL, separated by commas. */
  text(): string {
    return [...this.#chosen].map(([name, level]) => `${name}=${level}`).join(',')
  }
}

function isSupported({ minLevel, maxLevel }: Feature, level: number): boolean {
  return Number.isInteger(level) && level >= minLevel && level <= maxLevel
}

/** Why the updates, which are taken all or none, are not taken. Of two for one feature the last counts. */
export function checkFeatureUpdates(
  updates: readonly FeatureUpdate[],
  levels: FeatureLevels,
  brokerId: number,
): Refusal | undefined {
  for (const update of new Map(updates.map(update => [update.name, update])).values()) {
    const reason = faultOf(update, levels, brokerId)
    if (reason !== undefined) return refusal('INVALID_UPDATE_VERSION', reason)
  }
  return undefined
}

function faultOf(
  { name, level, upgradeType }: FeatureUpdate,
  levels: FeatureLevels,
  brokerId: number,
): string | undefined {
  const invalid = (reason: string): string => `Invalid update version ${level} for feature ${name}. ${reason}`
  if (upgradeType === 'UNKNOWN') return invalid('The controller does not support the given upgrade type.')
  if (level < 0) return invalid('A feature version cannot be less than 0.')
  const feature = features.find(known => known.name === name)
  const controller = `Local controller ${brokerId}`
  if (feature === undefined) {
    return invalid(
      level === 0 ? `Feature ${name} not found.` : `${controller} does not support this feature.`,
    )
  }
  if (!isSupported(feature, level)) {
    return invalid(`${controller} only supports versions ${feature.minLevel}-${feature.maxLevel}`)
  }
  const current = levels.level(feature)
  if (level > current && upgradeType !== 'UPGRADE') return invalid("Can't downgrade to a newer version.")
  if (level >= current) return undefined
  if (upgradeType === 'UPGRADE') {
    return invalid(
      "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
    )
  }
  // Kafka goes back only over levels that changed no metadata record, and the newest one did.
  return feature === metadataVersion ? lossyDowngrade(current, level, upgradeType) : undefined
}

function lossyDowngrade(from: number, to: number, upgradeType: UpgradeType): string {
  const why =
    upgradeType === 'UNSAFE_DOWNGRADE'
      ? 'Unsafe metadata downgrade is not supported in this version.'
      : 'Refusing to perform the requested downgrade because it might delete metadata information.'
  return `Unsupported metadata.version downgrade from ${from} to ${to}. ${why}`
}
