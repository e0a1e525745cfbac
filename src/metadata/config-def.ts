/**
 * Types of configuration values: how text becomes a value, when it is refused, how a value is written again.
 * As Kafka's org.apache.kafka.common.config.ConfigDef, with its words in the messages. Pure; which keys exist is
 * in config-keys/.
 */
import { assert } from '#base/assert.ts'

export type ConfigType =
  | 'BOOLEAN'
  | 'STRING'
  | 'INT'
  | 'SHORT'
  | 'LONG'
  | 'DOUBLE'
  | 'LIST'
  | 'CLASS'
  | 'PASSWORD'

export type Importance = 'HIGH' | 'MEDIUM' | 'LOW'

/** null: no value. A LONG beyond 2^53-1 is the nearest number; its exact digits are in the text. */
export type ConfigValue = boolean | number | string | readonly string[] | null

export interface Validator {
  /**
   * Returns what is wrong with a value, or undefined.
   * @param text the value as DescribeConfigs shows it: a number in messages, with all its digits
   */
  check(name: string, value: ConfigValue, text: string | null): string | undefined
  /** What is allowed, for messages. */
  readonly allowed: string
  /** All there are, of a value or of an item of a list, where they can be counted. */
  readonly values?: readonly string[]
  /** Of a list: an item that is there twice counts once. */
  readonly unique?: true
}

export interface ConfigKey {
  readonly name: string
  readonly type: ConfigType
  /** As text; null: none. */
  readonly default: string | null
  readonly importance: Importance
  readonly valid?: Validator
  /** What it does here, in a sentence or two. Absent: accepted for compatibility, without effect. */
  readonly effect?: string
  /** Not shown by DescribeConfigs. */
  readonly internal?: true
}

export interface ParsedConfig {
  readonly value: ConfigValue
  /** The value as DescribeConfigs shows it: trimmed, numbers without leading zeros, lists without spaces. */
  readonly text: string | null
}

/** A value that its key does not take, with Kafka's message. */
export interface InvalidValue {
  readonly fault: string
}

export function parseConfig(key: ConfigKey, text: string | null): ParsedConfig | InvalidValue {
  const parsed = parseType(key, text)
  if ('fault' in parsed) return parsed
  const fault = key.valid?.check(key.name, parsed.value, parsed.text)
  return fault === undefined ? parsed : { fault }
}

/** Why a key does not take a value, or undefined when it does. */
export function faultOf(key: ConfigKey, text: string): string | undefined {
  const parsed = parseConfig(key, text)
  return 'fault' in parsed ? parsed.fault : undefined
}

/** A text that its key is known to take. */
export function parseKnown(key: ConfigKey, text: string | null): ParsedConfig {
  const parsed = parseConfig(key, text)
  assert(!('fault' in parsed), `config ${key.name} does not take ${text}`)
  return parsed
}

/** What is allowed for a key, in a few words. */
export function allowedValues(key: ConfigKey): string {
  const types: Record<ConfigType, string> = {
    BOOLEAN: 'true or false',
    STRING: 'any text',
    INT: 'a whole number',
    SHORT: 'a whole number',
    LONG: 'a whole number',
    DOUBLE: 'a number',
    LIST: 'a list separated by commas',
    CLASS: 'the name of a class',
    PASSWORD: 'any text',
  }
  return key.valid === undefined ? types[key.type] : `${types[key.type]}, ${key.valid.allowed}`
}

/** The documentation that DescribeConfigs gives. */
export function documentationOf(key: ConfigKey): string {
  return key.effect ?? 'Accepted for compatibility; without effect in Odradek.'
}

/** What Kafka says of a value before the reason. */
export function invalidValue(name: string, value: ConfigValue, reason: string): string {
  const shown = Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
  return `Invalid value ${shown} for configuration ${name}: ${reason}`
}

function parseType(key: ConfigKey, text: string | null): ParsedConfig | InvalidValue {
  if (text === null) return { value: null, text: null }
  const trimmed = text.trim()
  switch (key.type) {
    case 'BOOLEAN': {
      const lower = trimmed.toLowerCase()
      if (lower !== 'true' && lower !== 'false') return refuse(key, text, booleanExpected)
      return { value: lower === 'true', text: lower }
    }
    case 'SHORT':
      return parseWhole(key, text, 15n)
    case 'INT':
      return parseWhole(key, text, 31n)
    case 'LONG':
      return parseWhole(key, text, 63n)
    case 'DOUBLE':
      return parseDouble(key, text)
    case 'LIST': {
      const parts = trimmed === '' ? [] : trimmed.split(/\s*,\s*/)
      const value = key.valid?.unique === true ? [...new Set(parts)] : parts
      return { value, text: value.join(',') }
    }
    default:
      return { value: trimmed, text: trimmed }
  }
}

const booleanExpected = 'Expected value to be either true or false'

function parseWhole(key: ConfigKey, text: string, bits: bigint): ParsedConfig | InvalidValue {
  const digits = text.trim()
  // The length is bounded before BigInt sees the digits: its time grows with their square.
  if (/^[+-]?\d{1,40}$/.test(digits)) {
    const value = BigInt(digits.replace('+', ''))
    const bound = 1n << bits
    if (value >= -bound && value < bound) return { value: Number(value), text: value.toString() }
  }
  return refuse(key, text, `Not a number of type ${key.type}`)
}

function parseDouble(key: ConfigKey, text: string): ParsedConfig | InvalidValue {
  const value = doubleOf(text.trim())
  if (value === undefined) return refuse(key, text, 'Not a number of type DOUBLE')
  return { value, text: formatDouble(value) }
}

/** As Java's Double.valueOf: also NaN, Infinity, a type suffix, and hexadecimal digits with a binary exponent. */
function doubleOf(text: string): number | undefined {
  const [, sign, word, digits, whole, fraction, exponent] =
    /^([+-]?)(?:(NaN|Infinity)|((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)[fd]?|0x([\da-f]{0,32})\.?([\da-f]{0,32})p([+-]?\d+)[fd]?)$/i.exec(
      text,
    ) ?? []
  const factor = sign === '-' ? -1 : 1
  // In words, unlike in digits, the case counts.
  if (word !== undefined) return /NaN|Infinity/.test(word) ? factor * Number(word) : undefined
  if (digits !== undefined) return factor * Number(digits)
  if (exponent === undefined || (whole ?? '') + (fraction ?? '') === '') return undefined
  const mantissa = Number(`0x${whole}${fraction}`)
  return factor * mantissa * 2 ** (Number(exponent) - 4 * (fraction ?? '').length)
}

/** As Java's Double.toString: plain between 0.001 and 10,000,000, else with an exponent, always with a fraction. */
export function formatDouble(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return size === Infinity ? `${value < 0 ? '-' : ''}Infinity` : 'NaN'
  if (value === 0 || (size >= 1e-3 && size < 1e7)) {
    return Number.isInteger(value) ? `${value}.0` : String(value)
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}

function refuse(key: ConfigKey, text: string, reason: string): InvalidValue {
  return { fault: invalidValue(key.name, text, reason) }
}
