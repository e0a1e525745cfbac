/**
 * Writes the JavaScript of an encoder for one message in one version: one function for each struct and each array.
 * Where a field is undefined its default is written. A value that the version cannot carry is refused, unless its
 * field is ignorable.
 */
import { lengthAwareName } from './decoder-source.ts'
import type { Field, Fields, FieldType, Schema } from './schema.ts'
import {
  defaultSource,
  elementShape,
  fixedSizeOf,
  layoutOf,
  shapeOf,
  targetOf,
  type Form,
  type Shape,
  type Target,
} from './wire-size.ts'

interface Context {
  readonly target: Target
  readonly functions: string[]
}

/** @returns the body of a function of `Writer`, `emptyBytes`, `refuseField` and `refuseNull` that returns the encoder */
export function encoderSource(schema: Schema, version: number, form: Form): string {
  const context: Context = { target: targetOf(schema, version, form), functions: [] }
  const encoder = structWriter(context, schema.fields, schema.name)
  return ["'use strict'", ...context.functions, `return ${encoder}`].join('\n')
}

function structWriter(context: Context, fields: Fields, path: string): string {
  const { target } = context
  const { placed, tagged, absent } = layoutOf(target, fields)
  const lines = [
    ...absent.filter(([, field]) => !field.ignorable).map(entry => refusal(context, entry, path)),
    ...placed.flatMap(([name, field]) => [
      `  const $${name} = v.${name} === undefined ? ${inputDefault(target, field)} : v.${name}`,
      `  ${valueWriter(context, shapeOf(target, field), `${path}_${name}`, `$${name}`, 'w')}`,
    ]),
  ]
  if (target.isFlexible) lines.push(...tagWriter(context, tagged, path))
  return define(context, `write_${path}`, 'w, v', lines)
}

function define(context: Context, name: string, parameters: string, body: readonly string[]): string {
  context.functions.push([`function ${name}(${parameters}) {`, ...body, '}'].join('\n'))
  return name
}

/** A struct that was left out is an empty one: each of its fields then has its default. */
function inputDefault(target: Target, field: Field): string {
  return field.type.kind === 'struct' && field.default !== null ? '{}' : defaultSource(target.form, field)
}

function refusal(context: Context, [name, field]: [string, Field], path: string): string {
  return `  if (${isSet(context, field, `v.${name}`, `${path}_${name}`)}) refuseField('${name}')`
}

function tagWriter(context: Context, tagged: readonly [string, Field][], path: string): string[] {
  if (tagged.length === 0) return ['  w.uvarint(0)']
  const { target } = context
  return [
    ...tagged.map(
      ([name, field]) => `  const has_${name} = ${isSet(context, field, `v.${name}`, `${path}_${name}`)}`,
    ),
    `  w.uvarint(${tagged.map(([name]) => `(has_${name} ? 1 : 0)`).join(' + ')})`,
    ...tagged.flatMap(([name, field]) => {
      const shape = shapeOf(target, field)
      const size = fixedSizeOf(target, shape)
      const into = size === undefined ? 'content' : 'w'
      return [
        `  if (has_${name}) {`,
        `    w.uvarint(${field.tag})`,
        size === undefined ? '    const content = new Writer()' : `    w.uvarint(${size})`,
        `    ${valueWriter(context, shape, `${path}_${name}`, `v.${name}`, into)}`,
        ...(size === undefined ? ['    w.tagged(content)'] : []),
        '  }',
      ]
    }),
  ]
}

/** @returns a statement that writes the value of the expression `value` */
function valueWriter(context: Context, shape: Shape, path: string, value: string, into: string): string {
  const { type } = shape
  if (type.kind !== 'struct' && type.kind !== 'array') {
    const write = `${into}.${writerMethod(context.target, shape)}(${value})`
    return isReference(type) ? guardNull(shape, path, value, write) : write
  }
  if (type.kind === 'struct') {
    const write = `${structWriter(context, type.fields, path)}(${into}, ${value})`
    if (!shape.isNullable) return guardNull(shape, path, value, write)
    const [absent, present] = shape.isTagged ? ['uvarint(0)', 'uvarint(1)'] : ['int8(-1)', 'int8(1)']
    return `if (${value} === null) ${into}.${absent}; else { ${into}.${present}; ${write} }`
  }
  const write = `${arrayWriter(context, shape, type.element, path)}(${into}, ${value})`
  if (!shape.isNullable) return guardNull(shape, path, value, write)
  const absent = shape.isCompact ? 'uvarint(0)' : 'int32(-1)'
  return `if (${value} === null) ${into}.${absent}; else ${write}`
}

function guardNull(shape: Shape, path: string, value: string, write: string): string {
  return shape.isNullable ? write : `if (${value} === null) refuseNull('${path}'); ${write}`
}

function isReference(type: FieldType): boolean {
  return type.kind === 'string' || type.kind === 'uuid' || type.kind === 'bytes'
}

function arrayWriter(context: Context, shape: Shape, element: FieldType, path: string): string {
  const inner = elementShape(context.target, element)
  return define(context, `writeAll_${path}`, 'w, values', [
    shape.isCompact ? '  w.uvarint(values.length + 1)' : '  w.int32(values.length)',
    '  for (let index = 0; index < values.length; index++) {',
    '    const value = values[index]',
    `    ${valueWriter(context, inner, path, 'value', 'w')}`,
    '  }',
  ])
}

function writerMethod(target: Target, shape: Shape): string {
  switch (shape.type.kind) {
    case 'string':
      return lengthAwareName(shape, 'String')
    case 'bytes':
    case 'records':
      return lengthAwareName(shape, 'Bytes')
    case 'int64':
      return target.form === 'exact' ? 'int64Exact' : 'int64'
    case 'int64Wide':
      return 'int64Exact'
    default:
      return shape.type.kind
  }
}

/** @returns an expression: the value is given and is not the field's default */
function isSet(context: Context, field: Field, value: string, path: string): string {
  return `${value} !== undefined && ${differs(context, field, value, path)}`
}

function differs(context: Context, field: Field, value: string, path: string): string {
  const { type } = field
  if (field.default === null || type.kind === 'records') return `${value} !== null`
  if (type.kind === 'bytes' || type.kind === 'array') return `(${value} === null || ${value}.length !== 0)`
  if (type.kind !== 'struct') return `${value} !== ${defaultSource(context.target.form, field)}`
  const inner = Object.entries(type.fields).map(
    ([name, part]) => `    (${isSet(context, part, `v.${name}`, `${path}_${name}`)})`,
  )
  const test = define(context, `differs_${path}`, 'v', ['  return (', inner.join(' ||\n'), '  )'])
  return `(${value} === null || ${test}(${value}))`
}
