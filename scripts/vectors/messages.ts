/**
 * Messages in every version: decoded, they must be what the JSON says; encoded, they must give the same bytes; both
 * in the fast and in the exact form, with their headers and, where they are kept in a log, with what stands before
 * them there. Messages without a schema here (those of the metadata log and the quorum) are skipped.
 */
import { isDeepStrictEqual } from 'node:util'
import { decode, decodeExact, encode, encodeExact } from '../../src/protocol/codec.ts'
import {
  decodeRequestHeader,
  decodeResponse,
  encodeRequestFrame,
  encodeResponseFrame,
} from '../../src/protocol/frame.ts'
import { apis, coordinatorRecords, embedded } from '../../src/protocol/messages/index.ts'
import { RequestHeader } from '../../src/protocol/messages/request-header.ts'
import { ResponseHeader } from '../../src/protocol/messages/response-header.ts'
import { Reader } from '../../src/protocol/reader.ts'
import type { ApiMessage, Schema } from '../../src/protocol/schema.ts'
import type { Form } from '../../src/protocol/wire-size.ts'
import { Writer, type WireBytes } from '../../src/protocol/writer.ts'
import { MessageJson } from './message-json.ts'
import { expectSame, type Vector, type VectorCheck } from './tally.ts'

interface Known {
  readonly schema: Schema
  readonly api?: ApiMessage<unknown, unknown>
  readonly isRequest?: boolean
  /** The int16 before the message where it is kept: the type of a record key, else the version. */
  readonly prefix?: 'apiKey' | 'version'
}

const known = new Map<string, Known>()
for (const api of apis as readonly ApiMessage<unknown, unknown>[]) {
  known.set(api.request.name, { schema: api.request, api, isRequest: true })
  known.set(api.response.name, { schema: api.response, api, isRequest: false })
}
for (const schema of embedded) {
  known.set(
    schema.name,
    schema.name.startsWith('ConsumerProtocol') ? { schema, prefix: 'version' } : { schema },
  )
}
for (const { key, value } of Object.values(coordinatorRecords).flat()) {
  known.set(key.name, { schema: key, prefix: 'apiKey' })
  known.set(value.name, { schema: value, prefix: 'version' })
}

export const checkMessages: VectorCheck = (vectors, tally) => {
  for (const vector of vectors) {
    const message = known.get(vector.name)
    if (message === undefined) tally.skipped++
    else tally.run(`${vector.name} v${vector.v} ${vector.kind}`, () => checkMessage(message, vector))
  }
}

function checkMessage(message: Known, vector: Vector): void {
  checkForm('exact', message.schema, vector)
  const fast = checkForm('fast', message.schema, vector)
  if (vector.p !== undefined) checkStored(message, vector)
  if (vector.h !== undefined) checkHeader(message, vector, fast)
}

interface FastValue {
  readonly value: unknown
  /** The value cannot give the vector's bytes. */
  readonly isOther: boolean
}

function checkForm(form: Form, schema: Schema, vector: Vector): FastValue {
  const read = form === 'exact' ? decodeExact : decode
  const write = form === 'exact' ? encodeExact : encode
  const json = new MessageJson(vector.v, form)
  const expected = json.struct(schema.fields, vector.json)
  const reader = new Reader(Buffer.from(vector.b, 'base64'))
  const decoded = read(schema, vector.v, reader)
  if (reader.remaining > 0) throw new Error(`${form} decoding leaves ${reader.remaining} bytes`)
  if (!isDeepStrictEqual(decoded, expected)) expectSame(`${form} decoding`, show(decoded), show(expected))

  const isOther = vector.kind === 'unknown-tags' || json.isClamped
  for (const value of [expected, decoded]) {
    const bytes = written(writer => write(schema, vector.v, value, writer))
    if (!isOther) expectSame(`${form} encoding`, bytes, vector.b)
  }
  return { value: expected, isOther }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
}

function written(write: (writer: Writer) => void): string {
  const writer = new Writer()
  write(writer)
  return joined(writer.finish()).toString('base64')
}

function joined({ parts, byteLength }: WireBytes): Buffer {
  const bytes = Buffer.concat(parts.map(part => part as Buffer))
  if (bytes.length !== byteLength)
    throw new Error(`${bytes.length} bytes were written, ${byteLength} are claimed`)
  return bytes
}

function checkStored({ schema, prefix }: Known, vector: Vector): void {
  if (prefix === undefined) throw new Error('this message is not kept in a log')
  const front = prefix === 'apiKey' ? schema.apiKey! : (vector.v as number)
  const reader = new Reader(Buffer.from(vector.p, 'base64'))
  expectSame('prefix', String(reader.int16()), String(front))
  expectSame('stored form', reader.raw(reader.remaining).toString('base64'), vector.b)
}

function checkHeader({ schema, api, isRequest }: Known, vector: Vector, { value, isOther }: FastValue): void {
  if (api === undefined) throw new Error(`${schema.name} has no header`)
  const header = Buffer.from(vector.h, 'base64')
  const body = Buffer.from(vector.b, 'base64')
  const headerSchema = isRequest ? RequestHeader : ResponseHeader
  const headerReader = new Reader(header)
  const read = decode(headerSchema, vector.hv, headerReader)
  expectSame('bytes left of the header', String(headerReader.remaining), '0')
  if (!isDeepStrictEqual(read, vector.header)) expectSame('header', show(read), show(vector.header))

  const whole = new Reader(Buffer.concat([header, body]))
  if (isRequest) {
    const { apiKey, apiVersion, correlationId, clientId } = decodeRequestHeader(whole)
    const { header: expected } = vector
    expectSame('apiKey', String(apiKey), String(expected.requestApiKey))
    expectSame('apiVersion', String(apiVersion), String(expected.requestApiVersion))
    expectSame('correlationId', String(correlationId), String(expected.correlationId))
    expectSame('clientId', String(clientId), String(expected.clientId))
    expectSame('header length', String(whole.position), String(header.length))
  } else {
    const response = decodeResponse(
      api as ApiMessage<never, never>,
      vector.v,
      vector.header.correlationId,
      whole,
    )
    if (!isDeepStrictEqual(response, value)) expectSame('response', show(response), show(value))
  }
  const { correlationId, clientId } = vector.header
  const frame = joined(
    isRequest
      ? encodeRequestFrame(api as ApiMessage<never, never>, vector.v, correlationId, clientId, value)
      : encodeResponseFrame(api, vector.v, correlationId, value),
  )
  if (isOther) return
  const length = Buffer.alloc(4)
  length.writeInt32BE(header.length + body.length)
  expectSame('frame', frame.toString('base64'), Buffer.concat([length, header, body]).toString('base64'))
}
