/**
 * The log of the process as a port. Fields are plain JSON values; the message says what happened and,
 * where somebody must act, what to do. broker/ gives it a pino logger on stderr, tests a silent one.
 */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The least severe level that is written, where that can be changed while the process runs. */
  level?: LogLevel
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
