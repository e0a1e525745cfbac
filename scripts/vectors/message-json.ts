/** From the JSON of a vector to the value that a message is decoded to. */
import { zeroUuid } from '../../src/base/random.ts'
import { clampInt64, int64Clamp } from '../../src/protocol/int64.ts'
import { includes, type Field, type Fields, type FieldType } from '../../src/protocol/schema.ts'
import type { Form } from '../../src/protocol/wire-size.ts'

export class MessageJson {
  readonly #version: number
  readonly #form: Form
  /** An int64 was met that the fast form cannot hold: it cannot give the same bytes. */
  isClamped = false

  constructor(version: number, form: Form) {
    this.#version = version
    this.#form = form
  }

  /** Every field is in the result; `json` must have just those of the version. */
  struct(fields: Fields, json: Record<string, unknown>): Record<string, unknown> {
    const value: Record<string, unknown> = {}
    for (const [name, field] of Object.entries(fields)) {
      const isPresent = includes(field.versions, this.#version)
      if (!isPresent && name in json)
        throw new Error(`${name} is in the JSON, but not in version ${this.#version}`)
      if (isPresent && field.tag === undefined && !(name in json))
        throw new Error(`${name} is not in the JSON`)
      value[name] = name in json ? this.#value(field.type, json[name]) : this.#default(field)
    }
    for (const name of Object.keys(json))
      if (!(name in fields)) throw new Error(`${name} is not in the schema`)
    return value
  }

  #value(type: FieldType, json: unknown): unknown {
    if (json === null) return null
    switch (type.kind) {
      case 'struct':
        return this.struct(type.fields, json as Record<string, unknown>)
      case 'array':
        return (json as unknown[]).map(element => this.#value(type.element, element))
      case 'bytes':
      case 'records':
        return Buffer.from(json as string, 'base64')
      case 'int64':
        return this.#int64(BigInt(json as string))
      case 'int64Wide':
        return BigInt(json as string)
      case 'float64':
        return Number(json)
      default:
        return json
    }
  }

  #int64(value: bigint): number | bigint {
    if (this.#form === 'exact') return value
    const clamped = clampInt64(value)
    this.isClamped ||= Math.abs(clamped) === int64Clamp
    return clamped
  }

  #default(field: Field): unknown {
    const { type, default: given } = field
    if (given === null) return null
    switch (type.kind) {
      case 'struct':
        return Object.fromEntries(
          Object.entries(type.fields).map(([name, inner]) => [name, this.#default(inner)]),
        )
      case 'array':
        return []
      case 'bytes':
        return Buffer.alloc(0)
      case 'records':
        return null
      case 'bool':
        return given ?? false
      case 'string':
        return given ?? ''
      case 'uuid':
        return given ?? zeroUuid
      case 'int64': {
        const exact = BigInt(given ?? 0)
        return this.#form === 'exact' ? exact : clampInt64(exact)
      }
      case 'int64Wide':
        return BigInt(given ?? 0)
      default:
        return given ?? 0
    }
  }
}
