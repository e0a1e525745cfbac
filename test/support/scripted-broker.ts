/**
 * A broker made of a table of answers, for tests of the client: it speaks real bytes over a pair of streams, and knows
 * no rules. An answer that is a function sees the request; one that is undefined is never sent.
 */
import { duplexPair, type Duplex } from 'node:stream'
import type { Address } from '#client/connection.ts'
import { type ApiName, apiName } from '#protocol/api-keys.ts'
import { decode } from '#protocol/codec.ts'
import { decodeRequestHeader, encodeResponseFrame, FrameSplitter } from '#protocol/frame.ts'
import { apis } from '#protocol/messages/index.ts'
import { Reader } from '#protocol/reader.ts'
import type { ApiMessage } from '#protocol/schema.ts'

type AnyApi = ApiMessage<never, unknown>
type Answer = (request: any, version: number) => unknown

export class ScriptedBroker {
  readonly address: Address
  readonly answers: Partial<Record<ApiName, Answer>>
  /** What was asked, in order, apart from ApiVersions. */
  readonly asked: { api: ApiName; version: number; request: any }[] = []
  /** The client's ends of the connections, in order. */
  readonly connections: Duplex[] = []
  /** When set, connecting fails. */
  isDown = false
  readonly #ends: Duplex[] = []

  constructor(
    answers: Partial<Record<ApiName, Answer>> = {},
    address: Address = { host: 'broker', port: 9092 },
  ) {
    this.address = address
    this.answers = { ApiVersions: () => ({ apiKeys: supported(this.answers) }), ...answers }
  }

  readonly dial = async (): Promise<Duplex> => {
    if (this.isDown) throw new Error('connection refused')
    const [client, server] = duplexPair()
    const splitter = new FrameSplitter(1024 * 1024)
    server.on('data', (chunk: Buffer) => {
      splitter.push(chunk)
      for (let frame = splitter.next(); frame !== undefined; frame = splitter.next()) {
        void this.#answer(server, frame)
      }
    })
    server.on('error', () => {})
    this.connections.push(client)
    this.#ends.push(server)
    return client
  }

  /** Ends all connections from the broker's side. */
  hangUp(): void {
    for (const end of this.#ends.splice(0)) end.end()
  }

  async #answer(server: Duplex, frame: Buffer): Promise<void> {
    const reader = new Reader(frame)
    const header = decodeRequestHeader(reader)
    const name = apiName(header.apiKey)!
    const api = apis.find(api => api.key === header.apiKey) as unknown as AnyApi
    const request = decode(api.request, header.apiVersion, reader)
    if (name !== 'ApiVersions') this.asked.push({ api: name, version: header.apiVersion, request })
    const answer = await this.answers[name]?.(request, header.apiVersion)
    if (answer === undefined || server.destroyed) return
    if (Buffer.isBuffer(answer)) {
      server.write(answer)
      return
    }
    const { parts } = encodeResponseFrame(api, header.apiVersion, header.correlationId, answer)
    for (const part of parts) server.write(part)
  }
}

function supported(answers: Partial<Record<ApiName, Answer>>): unknown[] {
  return apis
    .filter(api => answers[api.name] !== undefined)
    .map(api => ({ apiKey: api.key, minVersion: api.validVersions.min, maxVersion: api.validVersions.max }))
}
