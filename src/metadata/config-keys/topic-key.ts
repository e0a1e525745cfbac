/** The shape of a key that falls back on broker keys: of a topic, a group, a client-metrics subscription. */
import type { ConfigKey } from '../config-def.ts'

export interface TopicKey extends ConfigKey {
  /** Broker keys that it follows where it is not set, the one that counts most first. */
  readonly brokerSynonyms: readonly string[]
}
