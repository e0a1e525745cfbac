/**
 * Who may set min.insync.replicas of brokers while eligible leader replicas are in force (KIP-966): one value for all
 * brokers, which is always there, and none for a single one. As Kafka's ConfigurationControlManager. Pure.
 */
import type { ConfigRow, MetadataChange } from '#storage/metadata-store.ts'
import type { BrokerConfig } from './broker-config.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'

const key = 'min.insync.replicas'

type PutConfig = Extract<MetadataChange, { readonly type: 'putConfig' }>

/** What has to change in the rows before the feature is in force. */
export function minInsyncReplicasForElr(rows: readonly ConfigRow[], config: BrokerConfig): PutConfig[] {
  const ofBrokers = rows.filter(row => row.resource === 'broker' && row.key === key)
  const changes = ofBrokers
    .filter(row => row.name !== '')
    .map(({ name }): PutConfig => ({
      type: 'putConfig',
      resource: 'broker',
      name,
      key,
      value: undefined,
    }))
  if (!ofBrokers.some(row => row.name === '')) {
    const value = config.atStart(key) ?? '1'
    changes.push({ type: 'putConfig', resource: 'broker', name: '', key, value })
  }
  return changes
}

/**
 * @param broker '' for the default of all brokers
 * @param altered keys that the change names, and what they have afterwards
 */
export function checkMinInsyncReplicas(
  broker: string,
  altered: ReadonlyMap<string, string | undefined>,
): Refusal | undefined {
  if (!altered.has(key)) return undefined
  if (broker !== '') {
    return refusal(
      'INVALID_CONFIG',
      'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
    )
  }
  if (altered.get(key) !== undefined) return undefined
  return refusal(
    'INVALID_CONFIG',
    'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
  )
}
