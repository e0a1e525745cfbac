/**
 * The addresses in `listeners` and `advertised.listeners`. One listener without encryption is all there is now.
 */
import type { HostAndPort } from '#base/connection-facts.ts'
import type { BrokerConfig } from '#metadata/broker-config.ts'
import { ConfigError } from '#metadata/config-error.ts'

/** Where to listen; an empty host is every address of the machine, as in Kafka. */
export function bindAddress(config: BrokerConfig): HostAndPort {
  const { host, port } = onlyListener(config, 'listeners', config.list('listeners'), 0)
  return { host: host === '' ? '0.0.0.0' : host, port }
}

/** What clients are told; undefined: what they connected to. */
export function advertisedAddress(config: BrokerConfig): HostAndPort | undefined {
  const given = config.list('advertised.listeners')
  if (given.length === 0) return undefined
  const address = onlyListener(config, 'advertised.listeners', given, 1)
  if (address.host === '' || address.host === '0.0.0.0' || address.host === '::') {
    throw new ConfigError(
      'advertised.listeners',
      'advertised.listeners must name a host that clients can connect to. Leave it out, and each client is told ' +
        'the address that it connected to.',
    )
  }
  return address
}

/** `text` is HOST:PORT, with an IPv6 host in brackets; undefined where it is not. */
export function parseHostAndPort(text: string, minPort = 0): HostAndPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^[\]:/]*)):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const port = Number(match[3])
  if (port < minPort || port > 65535) return undefined
  return { host: match[1] ?? match[2] ?? '', port }
}

/** HOST:PORT, an IPv6 host in brackets. */
export function formatHostAndPort({ host, port }: HostAndPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function onlyListener(
  config: BrokerConfig,
  key: string,
  listeners: readonly string[],
  minPort: number,
): HostAndPort {
  const [listener] = listeners
  if (listener === undefined || listeners.length > 1) {
    throw new ConfigError(key, `${key} must have exactly one listener, such as PLAINTEXT://127.0.0.1:9092.`)
  }
  const [, name, address] = /^([A-Za-z0-9_.-]+):\/\/(.*)$/.exec(listener) ?? []
  const parsed = address === undefined ? undefined : parseHostAndPort(address, minPort)
  if (name === undefined || parsed === undefined) {
    throw new ConfigError(key, `${key}: '${listener}' is not of the form PLAINTEXT://HOST:PORT.`)
  }
  if (protocolOf(config, name) !== 'PLAINTEXT') {
    throw new ConfigError(key, `${key}: '${listener}' is not PLAINTEXT, the only protocol of listeners here.`)
  }
  return parsed
}

/** listener.security.protocol.map: what a listener's name stands for. */
function protocolOf(config: BrokerConfig, name: string): string {
  const map = config.string('listener.security.protocol.map') ?? ''
  for (const entry of map.split(',')) {
    const [listener, protocol] = entry.split(':')
    if (listener?.trim().toUpperCase() === name.toUpperCase()) return protocol?.trim().toUpperCase() ?? ''
  }
  return name.toUpperCase()
}
