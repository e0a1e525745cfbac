/**
 * Settings of one listener: `listener.name.` and the listener's name before a broker key, which then counts for that
 * listener alone; between both there may be a SASL mechanism. As Kafka's DynamicBrokerConfig and ListenerName. Pure.
 */
import { brokerKeys } from './config-keys/index.ts'
import type { BrokerKey } from './config-keys/broker-key.ts'

const prefixed = /^listener\.name\.[^.]*\.(.*)$/s

/** Keys that may have a mechanism before them, as in scram-sha-256.sasl.jaas.config. */
const mechanismKeys = [
  'connections.max.reauth.ms',
  'sasl.jaas.config',
  'sasl.login.callback.handler.class',
  'sasl.login.class',
  'sasl.server.callback.handler.class',
]

/** Keys of listeners that all brokers may share; the others are each broker's own. */
const sharedKeys: ReadonlySet<string> = new Set([
  'max.connection.creation.rate',
  'max.connections',
  'num.network.threads',
])

/** The broker key behind a name, with that name; undefined where it has no such prefix or no such key. */
export function listenerKey(name: string): BrokerKey | undefined {
  const base = baseName(name)
  const key = base === undefined ? undefined : brokerKeys.get(base)
  return key === undefined ? undefined : { ...key, name, update: updateOf(key) }
}

/** Name of the key that a listener's setting stands in for. */
export function baseName(name: string): string | undefined {
  const rest = prefixed.exec(name)?.[1]
  if (rest === undefined) return undefined
  return mechanismKeys.find(key => rest.endsWith(key)) ?? rest
}

function updateOf({ name }: BrokerKey): BrokerKey['update'] {
  return sharedKeys.has(name) ? 'cluster-wide' : 'per-broker'
}

/** The name of the setting of a listener. */
export function listenerSetting(listener: string, key: string): string {
  return `listener.name.${listener.toLowerCase()}.${key}`
}
