/**
 * From a frame to the handler and back: header, version, decode, handle, encode. Catches nothing: what is thrown here
 * closes the connection, with one log line (net/connection.ts).
 */
import type { ConnectionFacts } from '#base/connection-facts.ts'
import { assert } from '#base/assert.ts'
import { apiKeys, apiName } from '#protocol/api-keys.ts'
import { decode } from '#protocol/codec.ts'
import { decodeRequestHeader, encodeResponseFrame, type RequestHeader } from '#protocol/frame.ts'
import type { WirePart } from '#protocol/lazy-bytes.ts'
import { ProtocolError } from '#protocol/protocol-error.ts'
import { Reader } from '#protocol/reader.ts'
import { unsupportedApiVersions } from './cluster/api-versions.ts'
import type { Handler, Services } from './handler.ts'

export interface DispatchedRequest {
  readonly pipelined: boolean
  run(): Promise<{ readonly parts: readonly WirePart[] } | undefined>
}

export type AnyHandler = Handler<never, unknown>

export class Dispatch {
  readonly #services: Services
  readonly #handlers: ReadonlyMap<number, AnyHandler>

  constructor(services: Services, handlers: readonly AnyHandler[]) {
    this.#services = services
    this.#handlers = new Map(handlers.map(handler => [handler.message.key, handler]))
  }

  /**
   * Reads a request; nothing of it has happened until `run`.
   * @throws ProtocolError for bytes that are no request, and for an API or a version that is not answered: Kafka
   *   closes the connection then, too
   */
  accept(frame: Buffer, connection: ConnectionFacts): DispatchedRequest {
    const reader = new Reader(frame)
    const header = decodeRequestHeader(reader)
    const handler = this.#handlers.get(header.apiKey)
    const name = apiName(header.apiKey) ?? `API key ${header.apiKey}`
    if (handler === undefined) throw new ProtocolError(`${name} is not answered by this broker`)
    const { min, max } = handler.versions
    if (header.apiVersion < min || header.apiVersion > max) {
      if (header.apiKey === apiKeys.ApiVersions) return this.#refuseApiVersions(header)
      throw new ProtocolError(
        `${name} version ${header.apiVersion} is not answered by this broker, which has ${min} to ${max}`,
      )
    }
    const request = decode(handler.message.request, header.apiVersion, reader)
    return {
      pipelined: handler.pipelined === true,
      run: () => this.#run(handler, header, request as never, connection),
    }
  }

  /** KIP-511: a version that is too new is answered in version 0, with the range that would be right. */
  #refuseApiVersions(header: RequestHeader): DispatchedRequest {
    const handler = this.#handlers.get(apiKeys.ApiVersions)
    assert(handler !== undefined, 'ApiVersions is always answered')
    const response = unsupportedApiVersions([...this.#handlers.values()])
    return {
      pipelined: false,
      run: () => Promise.resolve(encodeResponseFrame(handler.message, 0, header.correlationId, response)),
    }
  }

  async #run(
    handler: AnyHandler,
    header: RequestHeader,
    request: never,
    connection: ConnectionFacts,
  ): Promise<{ readonly parts: readonly WirePart[] } | undefined> {
    const context = {
      version: header.apiVersion,
      clientId: header.clientId ?? '',
      connection,
      image: this.#services.topics.image(),
      services: this.#services,
    }
    const response = await handler.handle(context, request)
    if (response === undefined) return undefined
    return encodeResponseFrame(handler.message, header.apiVersion, header.correlationId, response)
  }
}
