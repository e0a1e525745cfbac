/**
 * Decides what a client's change of configs makes of the settings of a resource, and refuses what no resource takes.
 * As Kafka's ConfigAdminManager and ConfigurationControlManager, with their words. What a kind of resource takes is in
 * config-checks.ts. Pure.
 */
import type { ConfigKey } from './config-def.ts'
import { brokerKeys } from './config-keys/index.ts'
import { refusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'

type Texts = ReadonlyMap<string, string>

export type ConfigOperation = 'SET' | 'DELETE' | 'APPEND' | 'SUBTRACT'

/** One change of one key. */
export interface ConfigChange {
  readonly name: string
  readonly operation: ConfigOperation
  /** null for DELETE only. */
  readonly value: string | null
}

/** What must hold for any resource. */
export function checkChanges(changes: readonly ConfigChange[]): Refusal | undefined {
  if (new Set(changes.map(change => change.name)).size < changes.length) {
    return refusal('INVALID_REQUEST', 'Error due to duplicate config keys')
  }
  const nulls = changes.filter(change => change.operation !== 'DELETE' && change.value === null)
  if (nulls.length === 0) return undefined
  return refusal(
    'INVALID_REQUEST',
    `Null value not supported for : ${nulls.map(({ name }) => name).join(', ')}`,
  )
}

/** As Kafka's, in UTF-16 units. */
const maxValueLength = 32_767

/** What no resource's value may be. */
export function checkValueLengths(after: Texts): Refusal | undefined {
  for (const text of after.values()) {
    if (text.length > maxValueLength) {
      return refusal(
        'INVALID_CONFIG',
        `The configuration value cannot be added because it exceeds the maximum value size of ${maxValueLength} bytes.`,
      )
    }
  }
  return undefined
}

/** The settings after the changes, for a topic, group or client-metrics subscription. */
export function changed(
  keys: ReadonlyMap<string, ConfigKey>,
  current: Texts,
  changes: readonly ConfigChange[],
): Map<string, string> | Refusal {
  return applyChanges(keys, current, changes, ({ name, operation }) =>
    refusal('INVALID_CONFIG', `Can't ${operation} to key ${name} because its type is not LIST.`),
  )
}

/** The same for dynamic settings of brokers, where the refusal of a list operation has other words. */
export function changedBroker(
  current: Texts,
  changes: readonly ConfigChange[],
): Map<string, string> | Refusal {
  return applyChanges(brokerKeys, current, changes, ({ name, operation }) =>
    refusal(
      'INVALID_CONFIG',
      brokerKeys.has(name)
        ? `Config value ${operation.toLowerCase()} is not allowed for config key: ${name}`
        : `Unknown config name: ${name}`,
    ),
  )
}

function applyChanges(
  keys: ReadonlyMap<string, ConfigKey>,
  current: Texts,
  changes: readonly ConfigChange[],
  notAList: (change: ConfigChange) => Refusal,
): Map<string, string> | Refusal {
  const after = new Map(current)
  for (const change of changes) {
    const { name, operation, value } = change
    if (operation === 'DELETE') {
      after.delete(name)
      continue
    }
    if (operation === 'SET') {
      after.set(name, value!)
      continue
    }
    const key = keys.get(name)
    if (key?.type !== 'LIST') return notAList(change)
    const parts = value!.split(',')
    const before = split(after.get(name) ?? key.default ?? '')
    const list =
      operation === 'APPEND'
        ? [...before, ...parts.filter(part => !before.includes(part))]
        : before.filter(part => !parts.includes(part))
    after.set(name, list.join(','))
  }
  return after
}

/** Items of a list as it was given. */
export function split(list: string): string[] {
  return list === '' ? [] : list.split(/\s*,\s*/)
}
