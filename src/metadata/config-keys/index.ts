/** All config keys by name, as Kafka 4.3 has them. Defaults differ from Kafka's where docs/compatibility.md says so. */
import type { BrokerKey } from './broker-key.ts'
import { brokerClusterKeys } from './broker-cluster.ts'
import { brokerGroupKeys } from './broker-groups.ts'
import { brokerLogKeys } from './broker-log.ts'
import { brokerNetworkKeys } from './broker-network.ts'
import { brokerQuotaKeys as brokerQuotaTable } from './broker-quota.ts'
import { brokerRemoteStorageKeys } from './broker-remote-storage.ts'
import { brokerSecurityKeys } from './broker-security.ts'
import { brokerTransactionKeys } from './broker-transactions.ts'
import { clientMetricsKeys as clientMetricsTable } from './client-metrics.ts'
import { groupKeys as groupTable } from './group.ts'
import type { TopicKey } from './topic-key.ts'
import { topicKeys as topicTable } from './topic.ts'

export const brokerKeys: ReadonlyMap<string, BrokerKey> = byName([
  ...brokerClusterKeys,
  ...brokerGroupKeys,
  ...brokerLogKeys,
  ...brokerNetworkKeys,
  ...brokerRemoteStorageKeys,
  ...brokerSecurityKeys,
  ...brokerTransactionKeys,
])

export const brokerQuotaKeys: ReadonlyMap<string, BrokerKey> = byName(brokerQuotaTable)
export const topicKeys: ReadonlyMap<string, TopicKey> = byName(topicTable)
export const groupKeys: ReadonlyMap<string, TopicKey> = byName(groupTable)
export const clientMetricsKeys: ReadonlyMap<string, TopicKey> = byName(clientMetricsTable)

/** In the order of the names, which is the order in which they are shown. */
function byName<Key extends { readonly name: string }>(keys: readonly Key[]): Map<string, Key> {
  return new Map(keys.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(key => [key.name, key]))
}
