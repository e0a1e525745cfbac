/** Addresses of brokers as users write them. Pure. */
import type { Address } from '#client/connection.ts'
import { UsageError } from './failure.ts'

const defaultPort = 9092

/**
 * @param text HOST:PORT, HOST or [IPV6]:PORT, several with commas between them
 * @throws UsageError
 */
export function parseAddresses(text: string): Address[] {
  const addresses = text.split(',').filter(part => part.trim() !== '')
  if (addresses.length === 0) throw new UsageError('no broker is named; brokers are HOST:PORT[,HOST:PORT..]')
  return addresses.map(part => parseAddress(part.trim()))
}

function parseAddress(text: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text)
  const port = match?.[3] === undefined ? defaultPort : Number(match[3])
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || port < 1 || port > 65535) {
    throw new UsageError(`'${text}' is no broker address; it is HOST:PORT`)
  }
  return { host, port }
}
