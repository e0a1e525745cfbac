/**
 * The rules for values that config keys name: ranges, enumerations, lists. As the validators of Kafka's ConfigDef,
 * with their words. Pure.
 */
import { invalidValue } from './config-def.ts'
import type { Validator } from './config-def.ts'

export function atLeast(min: number): Validator {
  return range(min, Infinity, `${min} or more`)
}

export function between(min: number, max: number): Validator {
  return range(min, max, `from ${min} to ${max}`)
}

function range(min: number, max: number, allowed: string): Validator {
  return {
    allowed,
    check(name, value, text) {
      if (value === null) return invalidValue(name, value, 'Value must be non-null')
      if ((value as number) < min) return invalidValue(name, text, `Value must be at least ${min}`)
      if ((value as number) > max) return invalidValue(name, text, `Value must be no more than ${max}`)
      return undefined
    },
  }
}

/** Levels 1 to 9, or -1 for the library's own choice. */
export const gzipLevel: Validator = {
  allowed: 'from 1 to 9, or -1',
  check: (name, value) =>
    value === -1 || ((value as number) >= 1 && (value as number) <= 9)
      ? undefined
      : invalidValue(name, value, 'Value must be between 1 and 9 or equal to -1'),
}

export function oneOf(...values: readonly string[]): Validator {
  return {
    allowed: `one of ${values.join(', ')}`,
    values,
    check: (name, value) =>
      values.includes(value as string)
        ? undefined
        : invalidValue(name, value, `String must be one of: ${values.join(', ')}`),
  }
}

export function oneOfIgnoringCase(...values: readonly string[]): Validator {
  return {
    allowed: `one of ${values.join(', ')} in any case`,
    values,
    check: (name, value) =>
      values.includes(String(value).toUpperCase())
        ? undefined
        : invalidValue(name, value, `String must be one of (case insensitive): ${values.join(', ')}`),
  }
}

export const nonEmpty: Validator = {
  allowed: 'not empty',
  check: (name, value) => (value === '' ? invalidValue(name, value, 'String must be non-empty') : undefined),
}

export const nonNull: Validator = {
  allowed: 'present',
  check: (name, value) => (value === null ? invalidValue(name, value, 'entry must be non null') : undefined),
}

interface ListRules {
  readonly empty?: boolean
  readonly nullable?: boolean
}

/** A list of anything; duplicates are dropped before it is checked. */
export function listOfAny(rules: ListRules): Validator {
  return listRules(rules, undefined)
}

export function listOf(rules: ListRules, ...values: readonly string[]): Validator {
  return listRules(rules, values)
}

function listRules(rules: ListRules, values: readonly string[] | undefined): Validator {
  const anything = rules.empty === true ? 'any value' : 'any non-empty value'
  return {
    allowed: values === undefined ? anything : `of ${values.join(', ')}`,
    ...(values === undefined ? {} : { values }),
    unique: true,
    check(name, value) {
      if (value === null)
        return rules.nullable === true ? undefined : `Configuration '${name}' values must not be null.`
      const list = value as readonly string[]
      const included = values === undefined ? anything : `[${values.join(', ')}]`
      if (list.length === 0 && rules.empty !== true)
        return `Configuration '${name}' must not be empty. Valid values include: ${included}`
      for (const item of list) {
        if (item === '') return `Configuration '${name}' values must not be empty.`
        if (values !== undefined && !values.includes(item))
          return invalidValue(name, item, `String must be one of: ${values.join(', ')}`)
      }
      return undefined
    },
  }
}

/** Addresses with a limit each: ADDRESS:COUNT; an IPv6 address has its colons before the last one. */
export const connectionLimits: Validator = {
  allowed: 'as ADDRESS:COUNT,ADDRESS:COUNT,...',
  check: (name, value) =>
    value === '' ||
    String(value)
      .split(',')
      .every(item => /^\s*\S+:\d{1,9}\s*$/.test(item))
      ? undefined
      : invalidValue(name, value, `Value must be ${connectionLimits.allowed}`),
}

/** `*`, or pairs of a partition and a broker. */
export const throttledReplicas: Validator = {
  allowed: '[partitionId]:[brokerId],[partitionId]:[brokerId],...',
  check(name, value) {
    // Kafka passes over items that are empty.
    const list = value as readonly string[]
    if (list.join('') === '*' || list.every(item => /^(\d+:\d+)?$/.test(item))) return undefined
    return invalidValue(
      name,
      value,
      `${name} must be the literal '*' or a list of replicas in the following format: ${throttledReplicas.allowed}`,
    )
  },
}

/** Where a share group starts to read. */
export const offsetReset: Validator = {
  allowed: 'latest, earliest or by_duration:PnDTnHnMn.nS',
  check: (name, value) =>
    /^(latest|earliest|by_duration:\+?[Pp](?=.)(\+?\d+[Dd])?([Tt](?=.)(\+?\d+[Hh])?(\+?\d+[Mm])?(\+?\d+([.,]\d{0,9})?[Ss])?)?)$/.test(
      String(value),
    )
      ? undefined
      : invalidValue(
          name,
          value,
          `Invalid value \`${String(value)}\` for configuration ${name}. The value must be either 'earliest', ` +
            "'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
        ),
}

/** Voters of a metadata quorum: ID@HOST:PORT. */
export const quorumVoters: Validator = {
  allowed: 'of ID@HOST:PORT',
  check: (name, value) =>
    (value as readonly string[]).every(voter => /^\d{1,10}@.+:\d{1,5}$/.test(voter))
      ? undefined
      : `Invalid configuration value for ${name}. Each entry should be in the form \`{id}@{host}:{port}\`.`,
}

/** Addresses where controllers are found: HOST:PORT. */
export const quorumServers: Validator = {
  allowed: 'of HOST:PORT',
  check(name, value) {
    const wrong = (value as readonly string[]).find(server => !/^.+:\d{1,5}$/.test(server))
    if (wrong === undefined) return undefined
    return (
      `Failed to parse host name from ${wrong} for the configuration ${name}. Each entry should be in the form ` +
      '"{host}:{port}"'
    )
  },
}

/** Kafka's CompressionType by its number. */
export const compressionId: Validator = {
  allowed: 'from 0 to 4',
  check: (_, value) =>
    (value as number) >= 0 && (value as number) <= 4
      ? undefined
      : `Unknown compression type id: ${String(value)}`,
}

/** Protocols by the name of their listener. */
export const protocolMap: Validator = {
  allowed: 'as LISTENER:PROTOCOL,LISTENER:PROTOCOL,...',
  check: (name, value) =>
    value === '' ||
    String(value)
      .split(',')
      .every(item => /^\s*[^\s:]+\s*:\s*(PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL)\s*$/i.test(item))
      ? undefined
      : `Error parsing configuration property '${name}': ${String(value)} is not ${protocolMap.allowed}`,
}
