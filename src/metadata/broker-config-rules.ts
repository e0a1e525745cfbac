/**
 * What must hold between the settings of a broker, at its start and after each dynamic change: the rules of Kafka's
 * KafkaConfig, GroupCoordinatorConfig and ShareGroupConfig that mean something here, with their words. Single values
 * are checked by their keys. Pure.
 */
import type { BrokerConfig } from './broker-config.ts'

export interface BrokenRule {
  /** The setting to look at first. */
  readonly key: string
  readonly fault: string
}

interface Rule {
  readonly key: string
  readonly holds: (config: BrokerConfig) => boolean
  readonly fault: string | ((config: BrokerConfig) => string)
}

/** Returns the first rule that does not hold. */
export function brokenRule(config: BrokerConfig): BrokenRule | undefined {
  const broken = rules.find(rule => !rule.holds(config))
  if (broken === undefined) return undefined
  const { key, fault } = broken
  return { key, fault: typeof fault === 'string' ? fault : fault(config) }
}

/** The value of a key that another one stands for while it is not set. */
function first(config: BrokerConfig, ...keys: readonly string[]): number | undefined {
  const key = keys.find(candidate => config.parsed(candidate).value !== null)
  return key === undefined ? undefined : config.number(key)
}

function atLeastOther(key: string, other: string): Rule {
  return {
    key,
    holds: config => config.number(key) >= config.number(other),
    fault: `${key} must be greater than or equal to ${other}`,
  }
}

function atMostOther(key: string, other: string): Rule {
  return {
    key,
    holds: config => config.number(key) <= config.number(other),
    fault: `${key} must be less than or equal to ${other}`,
  }
}

/** A value for groups of a kind, and what the broker allows to a single group. */
function bounded(kind: string, name: string): Rule[] {
  const [key, min, max] = [`group.${kind}.${name}`, `group.${kind}.min.${name}`, `group.${kind}.max.${name}`]
  return [atLeastOther(max, min), atLeastOther(key, min), atMostOther(key, max)]
}

function heartbeatBelowSession(kind: string): Rule {
  const [key, other] = [`group.${kind}.heartbeat.interval.ms`, `group.${kind}.session.timeout.ms`]
  return {
    key,
    holds: config => config.number(key) < config.number(other),
    fault: `${key} must be less than ${other}`,
  }
}

const groupRules: readonly Rule[] = [
  ...['consumer', 'share', 'streams'].flatMap(kind => [
    ...bounded(kind, 'heartbeat.interval.ms'),
    ...bounded(kind, 'session.timeout.ms'),
    heartbeatBelowSession(kind),
    ...bounded(kind, 'assignment.interval.ms'),
  ]),
  atMostOther('group.streams.num.standby.replicas', 'group.streams.max.standby.replicas'),
  ...['delivery.count.limit', 'partition.max.record.locks', 'record.lock.duration.ms'].flatMap(name => [
    atLeastOther(`group.share.max.${name}`, `group.share.${name}`),
    atLeastOther(`group.share.${name}`, `group.share.min.${name}`),
  ]),
  atLeastOther('group.share.max.share.sessions', 'group.share.max.size'),
  {
    key: 'group.coordinator.rebalance.protocols',
    holds: config => config.list('group.coordinator.rebalance.protocols').includes('classic'),
    fault: "Disabling the 'classic' protocol is not supported.",
  },
]

const mebibyte = 1024 * 1024

const otherRules: readonly Rule[] = [
  {
    key: 'log.roll.ms',
    holds: config => first(config, 'log.roll.ms', 'log.roll.hours')! >= 1,
    fault: 'requirement failed: log.roll.ms must be greater than or equal to 1',
  },
  {
    key: 'log.roll.jitter.ms',
    holds: config => first(config, 'log.roll.jitter.ms', 'log.roll.jitter.hours')! >= 0,
    fault: 'requirement failed: log.roll.jitter.ms must be greater than or equal to 0',
  },
  {
    key: 'log.retention.ms',
    holds: config => first(config, 'log.retention.ms', 'log.retention.minutes', 'log.retention.hours') !== 0,
    fault: 'requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
  },
  {
    key: 'log.cleaner.dedupe.buffer.size',
    // Kafka divides whole numbers, and by 0 threads, too.
    holds: config =>
      Math.trunc(config.number('log.cleaner.dedupe.buffer.size') / config.number('log.cleaner.threads')) >
      mebibyte,
    fault: 'requirement failed: log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
  },
  {
    key: 'log.cleaner.threads',
    holds: config => config.number('log.cleaner.threads') > 0,
    fault: 'Log cleaner threads should be at least 1',
  },
  {
    key: 'replica.socket.timeout.ms',
    holds: config => config.number('replica.fetch.wait.max.ms') <= config.number('replica.socket.timeout.ms'),
    fault:
      'requirement failed: replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to ' +
      'prevent unnecessary socket timeouts',
  },
  {
    key: 'replica.lag.time.max.ms',
    holds: config => config.number('replica.fetch.wait.max.ms') <= config.number('replica.lag.time.max.ms'),
    fault:
      'requirement failed: replica.fetch.wait.max.ms should always be less than or equal to ' +
      'replica.lag.time.max.ms to prevent frequent changes in ISR',
  },
  {
    key: 'queued.max.request.bytes',
    holds: config =>
      config.number('queued.max.request.bytes') <= 0 ||
      config.number('queued.max.request.bytes') >= config.number('socket.request.max.bytes'),
    fault: 'requirement failed: queued.max.request.bytes must be larger or equal to socket.request.max.bytes',
  },
  {
    key: 'connections.max.idle.ms',
    holds: config =>
      config.number('connections.max.idle.ms') < 0 ||
      config.number('connection.failed.authentication.delay.ms') < config.number('connections.max.idle.ms'),
    fault: config =>
      `requirement failed: connection.failed.authentication.delay.ms=${config.number('connection.failed.authentication.delay.ms')} ` +
      `should always be less than connections.max.idle.ms=${config.number('connections.max.idle.ms')} to prevent failed ` +
      'authentication responses from timing out',
  },
  {
    key: 'max.connections.per.ip',
    holds: config =>
      config.number('max.connections.per.ip') !== 0 ||
      config.string('max.connections.per.ip.overrides') !== '',
    fault:
      'requirement failed: max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides ' +
      'property is set.',
  },
]

/** Folders that take no new partitions (KIP-1066): some of log.dirs, or * for all of them. */
const cordonedRules: readonly Rule[] = [
  {
    key: 'cordoned.log.dirs',
    holds: config => {
      const cordoned = config.list('cordoned.log.dirs')
      return !cordoned.includes('*') || cordoned.length === 1
    },
    fault: 'requirement failed: When cordoned.log.dirs is set to *, it must not contain other values',
  },
  {
    key: 'cordoned.log.dirs',
    holds: config => strangers(config).length === 0,
    fault: config =>
      'requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. ' +
      `Missing entries : ${strangers(config).join(', ')}`,
  },
]

function strangers(config: BrokerConfig): string[] {
  const folders = config.isSet('log.dirs') ? config.list('log.dirs') : config.list('log.dir')
  return config.list('cordoned.log.dirs').filter(folder => folder !== '*' && !folders.includes(folder))
}

const rules: readonly Rule[] = [...groupRules, ...otherRules, ...cordonedRules]
