/**
 * The public entry of the package: a broker in this process.
 *
 *     import { Broker } from 'odradek'
 *     const broker = await Broker.start({ storage: 'memory' })
 *     // ... a client of any kind connects to broker.bootstrapServers ...
 *     await broker.close()
 */
export { Broker, type BrokerOptions } from './broker/broker.ts'
export { ConfigError } from './metadata/config-error.ts'
export { StorageError } from './storage/storage-error.ts'
export type { Logger, LogFields } from './base/logger.ts'
