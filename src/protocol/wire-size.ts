/**
 * Facts about fields that both compilers need: which form a field has in a version, and how many bytes it takes.
 */
import { zeroUuid } from '#base/random.ts'
import { clampInt64 } from './int64.ts'
import {
  includes,
  type Field,
  type Fields,
  type FieldType,
  type PrimitiveKind,
  type Schema,
} from './schema.ts'

/** int64 as numbers, for the broker, or as bigints, for tools that must show every value as it is. */
export type Form = 'fast' | 'exact'

/** What is being compiled. */
export interface Target {
  readonly version: number
  readonly form: Form
  readonly isFlexible: boolean
}

export function targetOf(schema: Schema, version: number, form: Form): Target {
  return { version, form, isFlexible: includes(schema.flexibleVersions, version) }
}

/** A field's type as it is in one version. */
export interface Shape {
  readonly type: FieldType
  readonly isNullable: boolean
  /** Lengths are unsigned varints, plus one. */
  readonly isCompact: boolean
  readonly isTagged: boolean
}

export function shapeOf(target: Target, field: Field): Shape {
  return {
    type: field.type,
    // Kafka writes records as bytes that can be null, whatever their definition says.
    isNullable: field.type.kind === 'records' || includes(field.nullable, target.version),
    isCompact: target.isFlexible && includes(field.flexible, target.version),
    isTagged: field.tag !== undefined,
  }
}

export function elementShape(target: Target, element: FieldType): Shape {
  return { type: element, isNullable: false, isCompact: target.isFlexible, isTagged: false }
}

export function isPresent(target: Target, field: Field): boolean {
  return includes(field.versions, target.version)
}

/** Fields that stand in the body in their order, and those behind it by tag. */
export function layoutOf(
  target: Target,
  fields: Fields,
): { placed: [string, Field][]; tagged: [string, Field][]; absent: [string, Field][] } {
  const entries = Object.entries(fields)
  const present = entries.filter(([, field]) => isPresent(target, field))
  return {
    placed: present.filter(([, field]) => field.tag === undefined),
    tagged: present
      .filter(([, field]) => field.tag !== undefined)
      .sort(([, left], [, right]) => left.tag! - right.tag!),
    absent: entries.filter(([, field]) => !isPresent(target, field)),
  }
}

const fixedSizes: Partial<Record<PrimitiveKind, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  int64: 8,
  int64Wide: 8,
  float64: 8,
  uuid: 16,
}

/** Fewest bytes that a value takes. */
export function minSizeOf(target: Target, shape: Shape): number {
  const { type } = shape
  if (type.kind === 'struct') {
    if (shape.isNullable) return 1
    return layoutOf(target, type.fields).placed.reduce(
      (sum, [, field]) => sum + minSizeOf(target, shapeOf(target, field)),
      target.isFlexible ? 1 : 0,
    )
  }
  if (type.kind === 'string') return shape.isCompact ? 1 : 2
  if (type.kind === 'array' || type.kind === 'bytes' || type.kind === 'records')
    return shape.isCompact ? 1 : 4
  return fixedSizes[type.kind]!
}

/** Bytes that every value takes; undefined where that depends on the value. */
export function fixedSizeOf(target: Target, shape: Shape): number | undefined {
  const { type } = shape
  if (type.kind !== 'struct') return type.kind === 'array' ? undefined : fixedSizes[type.kind]
  const { placed, tagged } = layoutOf(target, type.fields)
  if (shape.isNullable || tagged.length > 0) return undefined
  let sum = target.isFlexible ? 1 : 0
  for (const [, field] of placed) {
    const size = fixedSizeOf(target, shapeOf(target, field))
    if (size === undefined) return undefined
    sum += size
  }
  return sum
}

/** The default of a field as a JavaScript expression; `emptyBytes` is in scope where it is used. */
export function defaultSource(form: Form, field: Field): string {
  const { type, default: given } = field
  if (given === null) return 'null'
  switch (type.kind) {
    case 'bool':
      return String(given ?? false)
    case 'string':
      return JSON.stringify(given ?? '')
    case 'uuid':
      return JSON.stringify(given ?? zeroUuid)
    case 'int64Wide':
      return `${BigInt(given ?? 0)}n`
    case 'int64':
      return form === 'exact' ? `${BigInt(given ?? 0)}n` : String(clampInt64(BigInt(given ?? 0)))
    case 'bytes':
      return 'emptyBytes'
    case 'records':
      return 'null'
    case 'array':
      return '[]'
    case 'struct': {
      const values = Object.entries(type.fields).map(
        ([name, inner]) => `${name}: ${defaultSource(form, inner)}`,
      )
      return `{ ${values.join(', ')} }`
    }
    default:
      return String(given ?? 0)
  }
}
