/**
 * Writes the JavaScript of a decoder for one message in one version. What it writes reads like decoders written by
 * hand: one function for each struct and each array, each field by one call of Reader.
 */
import type { Field, Fields, FieldType, Schema } from './schema.ts'
import {
  defaultSource,
  elementShape,
  layoutOf,
  minSizeOf,
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

/** @returns the body of a function of `emptyBytes` that returns the decoder */
export function decoderSource(schema: Schema, version: number, form: Form): string {
  const context: Context = { target: targetOf(schema, version, form), functions: [] }
  const decoder = structReader(context, schema.fields, schema.name)
  return ["'use strict'", ...context.functions, `return ${decoder}`].join('\n')
}

function structReader(context: Context, fields: Fields, path: string): string {
  const { target } = context
  const { placed, tagged } = layoutOf(target, fields)
  const lines = placed.map(
    ([name, field]) => `  const $${name} = ${fieldReader(context, field, `${path}_${name}`)}`,
  )
  if (target.isFlexible) lines.push(...tagReader(context, tagged, path))
  const present = new Set([...placed, ...tagged].map(([name]) => name))
  const values = Object.entries(fields).map(
    ([name, field]) => `    ${name}: ${present.has(name) ? `$${name}` : defaultSource(target.form, field)},`,
  )
  return define(context, `read_${path}`, [...lines, '  return {', ...values, '  }'])
}

function define(context: Context, name: string, body: readonly string[]): string {
  context.functions.push([`function ${name}(r) {`, ...body, '}'].join('\n'))
  return name
}

function tagReader(context: Context, tagged: readonly [string, Field][], path: string): string[] {
  if (tagged.length === 0) return ['  r.skipTags()']
  return [
    ...tagged.map(([name, field]) => `  let $${name} = ${defaultSource(context.target.form, field)}`),
    '  for (let left = r.uvarint(); left > 0; left--) {',
    '    switch (r.uvarint()) {',
    ...tagged.flatMap(([name, field]) => [
      `      case ${field.tag}:`,
      '        r.uvarint() // its size, which Kafka does not look at either',
      `        $${name} = ${fieldReader(context, field, `${path}_${name}`)}`,
      '        break',
    ]),
    '      default:',
    '        r.skip(r.uvarint())',
    '    }',
    '  }',
  ]
}

function fieldReader(context: Context, field: Field, path: string): string {
  return valueReader(context, shapeOf(context.target, field), path)
}

/** @returns an expression that reads a value */
function valueReader(context: Context, shape: Shape, path: string): string {
  const { type } = shape
  if (type.kind === 'struct') {
    const read = `${structReader(context, type.fields, path)}(r)`
    if (!shape.isNullable) return read
    return shape.isTagged ? `(r.uvarint() | 0) <= 0 ? null : ${read}` : `r.int8() < 0 ? null : ${read}`
  }
  if (type.kind === 'array') return `${arrayReader(context, shape, type.element, path)}(r)`
  return `r.${readerMethod(context.target, shape)}()`
}

function arrayReader(context: Context, shape: Shape, element: FieldType, path: string): string {
  const inner = elementShape(context.target, element)
  const minSize = minSizeOf(context.target, inner)
  const method = lengthAwareName(shape, 'ArrayLength')
  return define(context, `readAll_${path}`, [
    `  const length = r.${method}(${minSize})`,
    ...(shape.isNullable ? ['  if (length < 0) return null'] : []),
    '  const values = new Array(length)',
    `  for (let index = 0; index < length; index++) values[index] = ${valueReader(context, inner, path)}`,
    '  return values',
  ])
}

function readerMethod(target: Target, shape: Shape): string {
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

/** compactNullableString, nullableString, compactString, string */
export function lengthAwareName(shape: Shape, noun: string): string {
  const name = `${shape.isCompact ? 'Compact' : ''}${shape.isNullable ? 'Nullable' : ''}${noun}`
  return name.charAt(0).toLowerCase() + name.slice(1)
}
