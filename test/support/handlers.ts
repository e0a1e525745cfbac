/** Calls a handler as a client does: the request and the answer go through their bytes, so that defaults are filled in. */
import type { Handler, RequestContext } from '../../src/api/handler.ts'
import { decode, encode } from '#protocol/codec.ts'
import { Reader } from '#protocol/reader.ts'
import type { ApiMessage, Schema } from '#protocol/schema.ts'
import { Writer } from '#protocol/writer.ts'
import type { Metadata } from './metadata.ts'

/** Asks a handler of topics or configs; of a context it has what those need. */
export async function ask<Request, ResponseInput, RequestInput, Response>(
  metadata: Metadata,
  handler: Handler<Request, ResponseInput>,
  message: ApiMessage<Request, ResponseInput, RequestInput, Response>,
  version: number,
  request: RequestInput,
): Promise<Response> {
  const { topics, configs, config, logs } = metadata
  const services = { brokerId: 1, clusterId: 'cluster', topics, configs, config, logs }
  const context = { version, clientId: '', image: topics.image(), services } as unknown as RequestContext
  const decoded = through(message.request, version, request) as Request
  const response = await handler.handle(context, decoded)
  return through(message.response, version, response) as Response
}

function through(schema: Schema, version: number, value: unknown): unknown {
  const writer = new Writer()
  encode(schema, version, value, writer)
  const { parts } = writer.finish()
  return decode(schema, version, new Reader(Buffer.concat(parts as Uint8Array[])))
}
