/**
 * The loggers of the broker, as resources whose one setting is a level. There is one, root; its level lasts until the
 * process ends. Rules and words as Kafka's RuntimeLoggerManager.
 */
import type { Logger, LogLevel } from '#base/logger.ts'
import type { ConfigChange } from './config-changes.ts'
import type { ConfigEntry } from './describe-configs.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'

const root = 'root'
const levels: readonly string[] = ['DEBUG', 'ERROR', 'FATAL', 'INFO', 'TRACE', 'WARN']

/** None where the logger's level is not to be known. */
export function describeLoggers({ level }: Logger): ConfigEntry[] {
  if (level === undefined) return []
  return [
    {
      name: root,
      value: level.toUpperCase(),
      type: 'UNKNOWN',
      source: 'DYNAMIC_BROKER_LOGGER_CONFIG',
      readOnly: false,
      sensitive: false,
      synonyms: [],
      documentation: '',
    },
  ]
}

export function alterLoggers(
  logger: Logger,
  changes: readonly ConfigChange[],
  validateOnly: boolean,
): Refusal | undefined {
  for (const change of changes) {
    const fault = checkChange(logger, change)
    if (fault !== undefined) return fault
  }
  for (const { value } of validateOnly ? [] : changes) {
    logger.level = value!.toLowerCase() as LogLevel
    logger.warn('The level of the log was changed', { level: logger.level })
  }
  return undefined
}

function checkChange(logger: Logger, { name, operation, value }: ConfigChange): Refusal | undefined {
  if (operation === 'APPEND' || operation === 'SUBTRACT') {
    return refusal('INVALID_REQUEST', `${operation} operation is not allowed for the BROKER_LOGGER resource`)
  }
  if (name !== root || logger.level === undefined) {
    return refusal('INVALID_CONFIG', `Logger ${name} does not exist!`)
  }
  if (operation === 'DELETE') {
    return refusal('INVALID_REQUEST', 'Removing the log level of the root logger is not allowed')
  }
  if (levels.includes(value!)) return undefined
  return refusal(
    'INVALID_CONFIG',
    `Cannot set the log level of ${name} to ${value} as it is not a supported log level. ` +
      `Valid log levels are ${levels.join(', ')}`,
  )
}
