/**
 * The log of the process as a port. Fields are plain JSON values; the message says what happened and,
 * where somebody must act, what to do. broker/ gives it a pino logger on stderr, tests a silent one.
 */
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
