/**
 * The log of a broker process: JSON lines on stderr by pino, or, when a person looks at a terminal, one plain line
 * per entry.
 */
import pino from 'pino'
import type { LogFields, LogLevel, Logger } from '#base/logger.ts'

/** @param level debug, info, warn or error */
export function stderrLogger(level: string, isTerminal: boolean = process.stderr.isTTY): Logger {
  const destination = isTerminal
    ? { write: (line: string) => process.stderr.write(plainLine(line)) }
    : pino.destination({ dest: 2, sync: true })
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      serializers: { error: error => (error instanceof Error ? describe(error) : error) },
    },
    destination,
  )
  const write =
    (severity: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void =>
      logger[severity](fields, message)
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    get level() {
      return logger.level as LogLevel
    },
    set level(changed) {
      logger.level = changed
    },
  }
}

/** A fault of the machine is told by its message; a bug of ours needs the stack. */
function describe(error: Error): string {
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const isExpected = error.name === 'ProtocolError' || error.name === 'StorageError'
  return isExpected ? `${error.message}${cause}` : (error.stack ?? error.message)
}

function plainLine(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const details = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg)}${details.length > 0 ? `  ${details.join(' ')}` : ''}\n`
}
