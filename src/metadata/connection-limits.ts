/** How many connections there may be, in all and of one address: max.connections and its kin. Pure. */
import type { BrokerConfig } from './broker-config.ts'

/** The listener may have a limit of its own, within that of the broker. */
export function maxConnections(config: BrokerConfig): number {
  const [, listener] = /^([^:]+):/.exec(config.list('listeners')[0] ?? '') ?? []
  const ofListener = listener === undefined ? undefined : config.listenerNumber(listener, 'max.connections')
  return Math.min(config.number('max.connections'), ofListener ?? Infinity)
}

/** Reads the settings at each call, so that a dynamic change holds for the next connection. */
export function maxConnectionsOf(config: BrokerConfig, clientHost: string): number {
  const overrides = config.string('max.connections.per.ip.overrides') ?? ''
  for (const item of overrides.split(',')) {
    const colon = item.lastIndexOf(':')
    if (colon > 0 && item.slice(0, colon).trim() === clientHost) return Number(item.slice(colon + 1))
  }
  return config.number('max.connections.per.ip')
}
