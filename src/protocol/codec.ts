/**
 * Bytes to values and back, for any message in any of its versions.
 *
 * A decoder or encoder is compiled from the schema when a message first appears in a version. The source comes from
 * our own schemas alone, never from outside. `new Function` is used because code with all names and versions resolved
 * runs several times faster than a walk over the schema, and because no generated files need to be kept in step.
 */
import { assert } from '#base/assert.ts'
import { decoderSource } from './decoder-source.ts'
import { encoderSource } from './encoder-source.ts'
import { EncodeError } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import { includes, type Schema } from './schema.ts'
import type { Form } from './wire-size.ts'
import { Writer } from './writer.ts'

type Decoder = (reader: Reader) => unknown
type Encoder = (writer: Writer, value: unknown) => void

/** By schema, then by version. */
type Compiled<T> = WeakMap<Schema, T[]>

const decoders: Record<Form, Compiled<Decoder>> = { fast: new WeakMap(), exact: new WeakMap() }
const encoders: Record<Form, Compiled<Encoder>> = { fast: new WeakMap(), exact: new WeakMap() }

const emptyBytes = Buffer.alloc(0)

function compiled<T>(
  cache: Compiled<T>,
  schema: Schema,
  version: number,
  compile: (schema: Schema, version: number) => T,
): T {
  let versions = cache.get(schema)
  if (versions === undefined) cache.set(schema, (versions = []))
  return (versions[version] ??= compile(schema, version))
}

function checkVersion(schema: Schema, version: number): void {
  assert(includes(schema.validVersions, version), `${schema.name} has no version ${version}`)
}

function compileDecoder(form: Form): (schema: Schema, version: number) => Decoder {
  return (schema, version) => {
    checkVersion(schema, version)
    // oxlint-disable-next-line typescript/no-implied-eval -- see the head of this file
    const make = new Function('emptyBytes', decoderSource(schema, version, form)) as (
      empty: Buffer,
    ) => Decoder
    return make(emptyBytes)
  }
}

function compileEncoder(form: Form): (schema: Schema, version: number) => Encoder {
  return (schema, version) => {
    checkVersion(schema, version)
    const parameters = ['Writer', 'emptyBytes', 'refuseField', 'refuseNull']
    // oxlint-disable-next-line typescript/no-implied-eval -- see the head of this file
    const make = new Function(...parameters, encoderSource(schema, version, form)) as (
      ...values: unknown[]
    ) => Encoder
    const refuse = (field: string, why: string): never => {
      throw new EncodeError(`${schema.name} version ${version}: ${field} ${why}`)
    }
    return make(
      Writer,
      emptyBytes,
      (field: string) => refuse(field, 'does not exist and is not the default'),
      (field: string) => refuse(field, 'must not be null'),
    )
  }
}

const compileFor = {
  decoder: { fast: compileDecoder('fast'), exact: compileDecoder('exact') },
  encoder: { fast: compileEncoder('fast'), exact: compileEncoder('exact') },
}

/**
 * Reads a message and leaves the reader behind it; what follows is the caller's matter. bytes and records are views
 * of the reader's buffer. int64 is a number here (see schema.ts).
 * @param version one of the message's own
 * @throws ProtocolError
 */
export function decode<D>(schema: Schema<D>, version: number, reader: Reader): D {
  return compiled(decoders.fast, schema, version, compileFor.decoder.fast)(reader) as D
}

/**
 * Writes a message. A field that was left out has its default.
 * @param version one of the message's own
 * @throws EncodeError
 */
export function encode<V>(schema: Schema<unknown, V>, version: number, value: V, writer: Writer): void {
  compiled(encoders.fast, schema, version, compileFor.encoder.fast)(writer, value)
}

/** As `decode`, with int64 fields as bigints. @throws ProtocolError */
export function decodeExact(schema: Schema, version: number, reader: Reader): unknown {
  return compiled(decoders.exact, schema, version, compileFor.decoder.exact)(reader)
}

/** As `encode`, with int64 fields as bigints. @throws EncodeError */
export function encodeExact(schema: Schema, version: number, value: unknown, writer: Writer): void {
  compiled(encoders.exact, schema, version, compileFor.encoder.exact)(writer, value)
}
