/**
 * One connection to one broker: requests go out without waiting for earlier answers, answers are matched by their
 * correlation ids. Knows no API but ApiVersions, and does not try anything twice.
 */
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '#base/clock.ts'
import { deferred, type Deferred } from '#base/deferred.ts'
import { errorCode } from '#protocol/error-codes.ts'
import { decodeResponse, encodeRequestFrame, FrameSplitter } from '#protocol/frame.ts'
import { apiVersions } from '#protocol/messages/api-versions.ts'
import { ProtocolError } from '#protocol/protocol-error.ts'
import { Reader } from '#protocol/reader.ts'
import type { ApiMessage, VersionRange } from '#protocol/schema.ts'
import type { WireBytes } from '#protocol/writer.ts'
import { ConnectionError, KafkaError, throwOnError } from './client-error.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Opens a stream to a broker; rejects with what the network said. */
export type Dial = (address: Address) => Promise<Duplex>

export interface ConnectionPorts {
  readonly clock: Clock
  readonly clientId: string
  readonly dial: Dial
}

export interface CallOptions {
  /** The newest version that the caller can deal with. */
  readonly maxVersion?: number
  /** How long the broker may take to answer; the connection is given up after it. */
  readonly timeoutMs?: number
}

/**
 * A broker answers a fetch with one batch at least, however large it is (max.message.bytes can be raised), beside
 * what was asked for. Beyond this we do not follow it.
 */
const maxResponseBytes = 256 * 1024 * 1024
const connectTimeoutMs = 10_000
/** request.timeout.ms of Kafka's clients. */
export const requestTimeoutMs = 30_000

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

export const dialTcp: Dial = ({ host, port }) => {
  const opened = deferred<Duplex>()
  const socket = connect({ host, port, noDelay: true })
  const refuse = (error: Error): void => opened.reject(error)
  socket.once('error', refuse)
  socket.once('connect', () => {
    socket.off('error', refuse)
    opened.resolve(socket)
  })
  return opened.promise
}

interface Waiting extends Deferred<Buffer> {
  readonly timer: Timer
}

export class Connection {
  readonly address: Address
  readonly #clock: Clock
  readonly #clientId: string
  readonly #stream: Duplex
  readonly #splitter = new FrameSplitter(maxResponseBytes)
  readonly #waiting = new Map<number, Waiting>()
  readonly #versions = new Map<number, VersionRange>()
  #nextCorrelationId = 0
  #failure: ConnectionError | undefined

  private constructor(address: Address, stream: Duplex, { clock, clientId }: ConnectionPorts) {
    this.address = address
    this.#clock = clock
    this.#clientId = clientId
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    stream.on('error', error => this.#fail('the connection broke', error))
    stream.on('end', () => this.#fail('the broker closed the connection'))
    stream.on('close', () => this.#fail('the broker closed the connection'))
  }

  /**
   * Connects and asks which versions the broker speaks.
   * @throws ConnectionError when there is no broker that answers
   */
  static async open(address: Address, ports: ConnectionPorts): Promise<Connection> {
    const stream = await dialWithin(address, ports)
    const connection = new Connection(address, stream, ports)
    try {
      await connection.#negotiate()
    } catch (error) {
      connection.close()
      throw error
    }
    return connection
  }

  get isOpen(): boolean {
    return this.#failure === undefined
  }

  close(): void {
    this.#fail('closed')
  }

  /**
   * The version that a call will have: the newest that both sides speak.
   * @throws KafkaError UNSUPPORTED_VERSION when there is none
   */
  version(api: ApiMessage<never, never>, maxVersion = Infinity): number {
    const theirs = this.#versions.get(api.key)
    const { min, max } = api.validVersions
    const version = Math.min(max, maxVersion, theirs?.max ?? -1)
    if (theirs === undefined || version < Math.max(min, theirs.min)) {
      throw new KafkaError(
        'UNSUPPORTED_VERSION',
        api.name,
        `the broker at ${formatAddress(this.address)} answers no version of it that this client has`,
      )
    }
    return version
  }

  /** @throws ConnectionError, KafkaError UNSUPPORTED_VERSION */
  async call<RequestInput, Response>(
    api: ApiMessage<never, never, RequestInput, Response>,
    request: RequestInput,
    { maxVersion, timeoutMs = requestTimeoutMs }: CallOptions = {},
  ): Promise<Response> {
    const version = this.version(api, maxVersion)
    const id = this.#nextId()
    const frame = encodeRequestFrame(api, version, id, this.#clientId, request)
    const answer = await this.#exchange(id, frame, timeoutMs, api.name)
    return this.#decoded(() => decodeResponse(api, version, id, new Reader(answer)))
  }

  async #negotiate(): Promise<void> {
    let version = apiVersions.validVersions.max
    let answer = await this.#askVersions(version)
    // A broker that does not know our version answers in version 0, with its error first in the body.
    if (answer.frame.length >= 6 && answer.frame.readInt16BE(4) === errorCode('UNSUPPORTED_VERSION')) {
      version = 0
      answer = await this.#askVersions(version)
    }
    const { id, frame } = answer
    const response = this.#decoded(() => decodeResponse(apiVersions, version, id, new Reader(frame)))
    throwOnError(response.errorCode, `broker ${formatAddress(this.address)}`)
    for (const { apiKey, minVersion, maxVersion } of response.apiKeys) {
      this.#versions.set(apiKey, { min: minVersion, max: maxVersion })
    }
  }

  async #askVersions(version: number): Promise<{ id: number; frame: Buffer }> {
    const id = this.#nextId()
    const request = version < 3 ? {} : { clientSoftwareName: 'odradek', clientSoftwareVersion: '1' }
    const bytes = encodeRequestFrame(apiVersions, version, id, this.#clientId, request)
    return { id, frame: await this.#exchange(id, bytes, connectTimeoutMs, apiVersions.name) }
  }

  #nextId(): number {
    const id = this.#nextCorrelationId
    this.#nextCorrelationId = (id + 1) & 0x7fffffff
    return id
  }

  /** Bytes that break the protocol leave nothing to go on with. */
  #decoded<Value>(decode: () => Value): Value {
    try {
      return decode()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#fail('the answer is not of the Kafka protocol', error)
      throw this.#failure!
    }
  }

  #exchange(id: number, frame: WireBytes, timeoutMs: number, apiName: string): Promise<Buffer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const timer = this.#clock.after(timeoutMs, () => {
      // The answers behind this one are late as well: a broker answers in the order of the requests.
      this.#fail(`${apiName} was not answered within ${timeoutMs} ms`)
    })
    const waiting: Waiting = { ...deferred<Buffer>(), timer }
    this.#waiting.set(id, waiting)
    this.#stream.cork()
    for (const part of frame.parts) this.#stream.write(part)
    this.#stream.uncork()
    return waiting.promise
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== undefined) return
    this.#splitter.push(chunk)
    try {
      for (let frame = this.#splitter.next(); frame !== undefined; frame = this.#splitter.next()) {
        this.#settle(frame)
      }
    } catch (error) {
      this.#fail('the answer is not of the Kafka protocol', error)
    }
  }

  #settle(frame: Buffer): void {
    const id = frame.length < 4 ? -1 : frame.readInt32BE(0)
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) throw new ProtocolError(`an answer to request ${id}, which was not made`)
    this.#waiting.delete(id)
    waiting.timer.cancel()
    waiting.resolve(frame)
  }

  #fail(why: string, cause?: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = connectionError(this.address, why, cause)
    this.#splitter.clear()
    for (const waiting of this.#waiting.values()) {
      waiting.timer.cancel()
      waiting.reject(this.#failure)
    }
    this.#waiting.clear()
    this.#stream.destroy()
  }
}

function connectionError(address: Address, why: string, cause?: unknown): ConnectionError {
  const detail = cause instanceof Error ? ` (${reason(cause)})` : ''
  return new ConnectionError(`${formatAddress(address)}: ${why}${detail}`, { cause })
}

/** Node joins the failures of all addresses of a name in an error that has no message itself. */
function reason(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message
  return error.message
}

async function dialWithin(address: Address, { clock, dial }: ConnectionPorts): Promise<Duplex> {
  const opened = deferred<Duplex>()
  let expired = false
  const timer = clock.after(connectTimeoutMs, () => {
    expired = true
    opened.reject(connectionError(address, `no connection within ${connectTimeoutMs} ms`))
  })
  dial(address).then(
    stream => {
      if (expired) stream.destroy()
      else opened.resolve(stream)
    },
    (error: unknown) => opened.reject(connectionError(address, 'no connection', error)),
  )
  try {
    return await opened.promise
  } finally {
    timer.cancel()
  }
}
