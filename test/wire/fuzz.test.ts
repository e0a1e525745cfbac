/**
 * Whatever bytes come, a decoder returns or throws ProtocolError, in time and memory that follow from their number.
 * Method: arbitrary bytes, and real messages (the golden vectors) with some bytes changed, cut or put in.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { decode, decodeExact, encode } from '../../src/protocol/codec.ts'
import { decodeAssignment, decodeSubscription } from '../../src/protocol/consumer-protocol.ts'
import { decodeRequestHeader, FrameSplitter } from '../../src/protocol/frame.ts'
import { apis, coordinatorRecords, embedded } from '../../src/protocol/messages/index.ts'
import { EncodeError, ProtocolError } from '../../src/protocol/protocol-error.ts'
import { Reader } from '../../src/protocol/reader.ts'
import type { Fields, Schema } from '../../src/protocol/schema.ts'
import { elementShape, isPresent, minSizeOf, targetOf, type Target } from '../../src/protocol/wire-size.ts'
import { Writer } from '../../src/protocol/writer.ts'

const schemas: readonly Schema[] = [
  ...apis.flatMap(api => [api.request, api.response]),
  ...embedded,
  ...Object.values(coordinatorRecords).flatMap(records => records.flatMap(({ key, value }) => [key, value])),
]

const versioned = schemas.flatMap(schema => {
  const { min, max } = schema.validVersions
  return Array.from({ length: max - min + 1 }, (_, index) => ({ schema, version: min + index }))
})

const byName = new Map(schemas.map(schema => [schema.name, schema]))
const realMessages = gunzipSync(readFileSync(join(import.meta.dirname, '../vectors/messages.ndjson.gz')))
  .toString()
  .split('\n')
  .filter(line => line !== '')
  .map(line => JSON.parse(line) as { name: string; v: number; b: string })
  .flatMap(({ name, v, b }) => {
    const schema = byName.get(name)
    return schema === undefined ? [] : [{ schema, version: v, bytes: Buffer.from(b, 'base64') }]
  })

/** Runs something on bytes from outside; anything but ProtocolError goes on to the test. */
function survives(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
}

function decodeAll(schema: Schema, version: number, bytes: Buffer): void {
  survives(() => decodeExact(schema, version, new Reader(bytes)))
  survives(() => {
    const value = decode(schema, version, new Reader(bytes))
    try {
      encode(schema, version, value, new Writer())
    } catch (error) {
      // Each byte that is not UTF-8 has become three, so that a string can be too long now.
      if (!(error instanceof EncodeError)) throw error
    }
  })
}

const bytes = fc.uint8Array({ maxLength: 300, size: 'max' }).map(array => Buffer.from(array))

test('arbitrary bytes as any message', () => {
  fc.assert(
    fc.property(fc.constantFrom(...versioned), bytes, ({ schema, version }, input) => {
      decodeAll(schema, version, input)
    }),
    { numRuns: 20_000 },
  )
})

const extremes = [
  '00',
  'ff',
  '7f',
  '80',
  '00000000',
  'ffffffff',
  '7fffffff',
  '80000000',
  'ffffffff0f',
  'ffffffff07',
]
const change = fc.record({
  /** Share of the message before the place of the change. */
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom('replace', 'insert', 'remove', 'cut'),
  with: fc.oneof(
    fc.constantFrom(...extremes).map(hex => Buffer.from(hex, 'hex')),
    fc.uint8Array({ minLength: 1, maxLength: 4 }).map(array => Buffer.from(array)),
  ),
})

test('real messages with changed bytes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...realMessages),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      ({ schema, version, bytes: real }, changes) => {
        let input = real
        for (const { place, kind, with: bytes } of changes) {
          const at = Math.floor(place * input.length)
          const after = kind === 'cut' ? input.length : kind === 'insert' ? at : at + bytes.length
          const put = kind === 'insert' || kind === 'replace' ? bytes : Buffer.alloc(0)
          input = Buffer.concat([input.subarray(0, at), put, input.subarray(after)])
        }
        decodeAll(schema, version, input)
      },
    ),
    { numRuns: 20_000 },
  )
})

test('arbitrary bytes as header, frame and consumer protocol', () => {
  fc.assert(
    fc.property(bytes, input => {
      survives(() => decodeRequestHeader(new Reader(input)))
      survives(() => decodeSubscription(input))
      survives(() => decodeAssignment(input))
      const splitter = new FrameSplitter(1000)
      splitter.push(input)
      survives(() => {
        while (splitter.next() !== undefined);
      })
    }),
    { numRuns: 5_000 },
  )
})

test('a length alone allocates nothing: every message, every byte the largest length', () => {
  const input = Buffer.alloc(64)
  for (const hex of ['ffffffff07', '7fffffff', '7fff']) {
    input.fill(Buffer.from(hex, 'hex'))
    for (let start = 0; start < hex.length / 2; start++) {
      for (const { schema, version } of versioned) {
        const before = process.memoryUsage().arrayBuffers
        decodeAll(schema, version, input.subarray(start))
        assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000, `${schema.name} ${version}`)
      }
    }
  }
})

test('every element of an array takes bytes, so that its length has a bound', () => {
  let arrayCount = 0
  const check = (name: string, fields: Fields, target: Target): void => {
    for (const field of Object.values(fields).filter(each => isPresent(target, each))) {
      const element = field.type.kind === 'array' ? field.type.element : field.type
      if (field.type.kind === 'array') {
        arrayCount++
        assert.ok(minSizeOf(target, elementShape(target, element)) > 0, `${name} version ${target.version}`)
      }
      if (element.kind === 'struct') check(name, element.fields, target)
    }
  }
  for (const { schema, version } of versioned) {
    check(schema.name, schema.fields, targetOf(schema, version, 'fast'))
  }
  assert.ok(arrayCount > 1000)
})
