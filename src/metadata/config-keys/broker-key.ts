/** The shape of a broker key, and one constructor for each type, so that a key is a line of its table. */
import type { ConfigKey, ConfigType, Importance } from '../config-def.ts'

/** When a change takes effect: at the next start only, or at once for one broker, or for one or all. */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide'

export interface BrokerKey extends ConfigKey {
  readonly update: UpdateMode
}

type Options = Pick<ConfigKey, 'valid' | 'effect' | 'internal'>

type KeyOf = (
  name: string,
  defaultText: string | null,
  importance: Importance,
  update: UpdateMode,
  options?: Options,
) => BrokerKey

function keyOf(type: ConfigType): KeyOf {
  return (name, defaultText, importance, update, options) => ({
    name,
    type,
    default: defaultText,
    importance,
    update,
    ...options,
  })
}

export const boolean = keyOf('BOOLEAN')
export const string = keyOf('STRING')
export const int = keyOf('INT')
export const short = keyOf('SHORT')
export const long = keyOf('LONG')
export const double = keyOf('DOUBLE')
export const list = keyOf('LIST')
export const className = keyOf('CLASS')
export const password = keyOf('PASSWORD')
