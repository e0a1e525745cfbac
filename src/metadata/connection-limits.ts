/** How many connections one address may have, by max.connections.per.ip and its overrides. Pure. */
import type { BrokerConfig } from './broker-config.ts'

/** Reads the settings at each call, so that a dynamic change holds for the next connection. */
export function maxConnectionsOf(config: BrokerConfig, clientHost: string): number {
  const overrides = config.string('max.connections.per.ip.overrides') ?? ''
  for (const item of overrides.split(',')) {
    const colon = item.lastIndexOf(':')
    if (colon > 0 && item.slice(0, colon).trim() === clientHost) return Number(item.slice(colon + 1))
  }
  return config.number('max.connections.per.ip')
}
