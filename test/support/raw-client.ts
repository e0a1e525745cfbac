/**
 * The least client that can ask a broker anything: one connection, requests of any API and version, or bytes that are
 * none. It checks that answers come in the order of the requests, and decides nothing by itself.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { decodeResponse, encodeRequestFrame, FrameSplitter } from '#protocol/frame.ts'
import { Reader } from '#protocol/reader.ts'
import type { ApiMessage } from '#protocol/schema.ts'

interface Waiting {
  readonly correlationId: number
  resolve(frame: Buffer): void
  reject(error: Error): void
}

export class RawClient {
  readonly socket: Socket
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>
  readonly #splitter = new FrameSplitter(1 << 30)
  readonly #waiting: Waiting[] = []
  #nextCorrelationId = 100

  private constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise(resolve => {
      socket.once('close', () => {
        for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error('the connection was closed'))
        resolve()
      })
    })
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.#splitter.push(chunk)
      for (let frame = this.#splitter.next(); frame !== undefined; frame = this.#splitter.next()) {
        const waiting = this.#waiting.shift()
        assert.ok(waiting !== undefined, 'an answer that nobody waits for')
        if (frame.readInt32BE(0) === waiting.correlationId) waiting.resolve(frame)
        else waiting.reject(new Error(`answer ${frame.readInt32BE(0)} came before ${waiting.correlationId}`))
      }
    })
  }

  static async connect(host: string, port: number): Promise<RawClient> {
    const socket = connect({ host, port, noDelay: true })
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  /** Sends a request and reads its answer; further ones may be sent meanwhile. */
  async ask<RequestInput, Response>(
    api: ApiMessage<never, never, RequestInput, Response>,
    version: number,
    request: RequestInput,
  ): Promise<Response> {
    const correlationId = this.#nextCorrelationId
    const frame = await this.askBytes(this.#encode(api, version, request), correlationId)
    const reader = new Reader(frame)
    const response = decodeResponse(api, version, correlationId, reader)
    assert.equal(reader.remaining, 0, `${api.name} v${version}: bytes remain after the answer`)
    return response
  }

  /** Sends a request that gets no answer. */
  send<RequestInput>(
    api: ApiMessage<never, never, RequestInput>,
    version: number,
    request: RequestInput,
  ): void {
    this.socket.write(this.#encode(api, version, request))
  }

  /** Sends bytes and takes the next frame for the answer: the length is left out, the correlation id is not. */
  askBytes(bytes: Buffer, correlationId: number): Promise<Buffer> {
    const answered = new Promise<Buffer>((resolve, reject) => {
      this.#waiting.push({ correlationId, resolve, reject })
    })
    this.socket.write(bytes)
    return answered
  }

  close(): Promise<void> {
    this.socket.destroy()
    return this.closed
  }

  #encode<RequestInput>(
    api: ApiMessage<never, never, RequestInput>,
    version: number,
    request: RequestInput,
  ): Buffer {
    const { parts } = encodeRequestFrame(api, version, this.#nextCorrelationId++, 'test', request)
    return Buffer.concat(parts as Buffer[])
  }
}
