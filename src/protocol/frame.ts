/**
 * Frames: an int32 length, a header, a body. Finds frames in what a socket gives, reads and writes headers, puts
 * requests and responses together. Must not know what a message means, nor who may send it.
 */
import { assert } from '#base/assert.ts'
import { apiName } from './api-keys.ts'
import { decode, encode } from './codec.ts'
import { firstFlexibleVersions } from './flexible-versions.ts'
import { ProtocolError } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import { includes, type ApiMessage } from './schema.ts'
import { Writer, type WireBytes } from './writer.ts'

const lengthBytes = 4
const emptyInput = Buffer.alloc(0)

export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

/**
 * Reads a request header. Its form depends on API and version; of an API key that Kafka does not have, and of a
 * version below 0, only the part is read that all forms share.
 * @throws ProtocolError when the frame is too short
 */
export function decodeRequestHeader(reader: Reader): RequestHeader {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  const name = apiName(apiKey)
  if (name === undefined || apiVersion < 0) return { apiKey, apiVersion, correlationId, clientId: null }
  // Header v2 differs by its tags alone: the client id keeps its int16 length, so that a broker that does not know
  // a version can still read it.
  const clientId = reader.nullableString()
  if (apiVersion >= firstFlexibleVersions[name]) reader.skipTags()
  return { apiKey, apiVersion, correlationId, clientId }
}

/**
 * A whole response: length, header, body.
 * @throws EncodeError when the response cannot be written in this version: a mistake of whoever made it
 */
export function encodeResponseFrame<ResponseInput>(
  api: ApiMessage<never, ResponseInput>,
  version: number,
  correlationId: number,
  response: ResponseInput,
): WireBytes {
  const writer = new Writer()
  writer.int32(0)
  writer.int32(correlationId)
  if (hasTaggedResponseHeader(api, version)) writer.uvarint(0)
  encode(api.response, version, response, writer)
  return finishFrame(writer)
}

/** A client that asks with a version the broker does not know must be able to read the answer to ApiVersions. */
function hasTaggedResponseHeader(api: ApiMessage<never, never>, version: number): boolean {
  return api.name !== 'ApiVersions' && includes(api.response.flexibleVersions, version)
}

function finishFrame(writer: Writer): WireBytes {
  const frame = writer.finish()
  const [first] = frame.parts
  assert(Buffer.isBuffer(first), 'a frame begins with its length')
  first.writeInt32BE(frame.byteLength - lengthBytes, 0)
  return frame
}

/** A whole request: length, header, body. @throws EncodeError when the version cannot carry what is asked */
export function encodeRequestFrame<RequestInput>(
  api: ApiMessage<never, never, RequestInput>,
  version: number,
  correlationId: number,
  clientId: string | null,
  request: RequestInput,
): WireBytes {
  const writer = new Writer()
  writer.int32(0)
  writer.int16(api.key)
  writer.int16(version)
  writer.int32(correlationId)
  writer.nullableString(clientId)
  if (includes(api.request.flexibleVersions, version)) writer.uvarint(0)
  encode(api.request, version, request, writer)
  return finishFrame(writer)
}

/**
 * Reads what follows the length of a response frame.
 * @throws ProtocolError also when the response belongs to another request
 */
export function decodeResponse<Response>(
  api: ApiMessage<never, never, never, Response>,
  version: number,
  correlationId: number,
  reader: Reader,
): Response {
  const answered = reader.int32()
  if (answered !== correlationId) {
    throw new ProtocolError(`${api.name}: the response to ${answered} came for request ${correlationId}`)
  }
  if (hasTaggedResponseHeader(api, version)) reader.skipTags()
  return decode(api.response, version, reader) as Response
}

/** The buffer of a frame in pieces has at least this size, and otherwise twice what has come. */
const minBufferBytes = 4 * 1024

/**
 * Cuts the byte stream of a socket into frames, without their lengths. A frame within one chunk is a view of it; of
 * another, no more memory is taken than twice what has come, so that a length alone costs nothing, until `reserve`.
 */
export class FrameSplitter {
  readonly #maxFrameBytes: number
  /** What is not yet cut: the chunk of the last push, or a copy of the few bytes before it and that chunk. */
  #input: Buffer = emptyInput
  /** Size of the frame that has begun; -1 between frames. */
  #frameBytes = -1
  /** The begun frame's bytes, when chunks before this one had some of them. */
  #frame: Buffer = emptyInput
  #frameFilledBytes = 0

  /** @param maxFrameBytes socket.request.max.bytes */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** Size of the frame that has begun and is not whole, without its length; 0 between frames. */
  get incompleteBytes(): number {
    return Math.max(this.#frameBytes, 0)
  }

  /** Takes the memory for the whole frame that has begun, so that it need not grow: its sender has been given room. */
  reserve(): void {
    this.#grow(this.#frameBytes)
  }

  /** Takes a chunk. All frames before it must have been taken out with `next`. */
  push(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk])
  }

  /**
   * The next frame; undefined when it is not whole yet.
   * @throws ProtocolError when a length is negative or above the limit: where the next frame begins is then unknown
   */
  next(): Buffer | undefined {
    if (this.#frameBytes < 0 && !this.#begin()) return undefined
    const missing = this.#frameBytes - this.#frameFilledBytes
    if (this.#input.length < missing) {
      this.#collect(this.#input)
      this.#input = emptyInput
      return undefined
    }
    let frame = this.#input.subarray(0, missing)
    if (this.#frameFilledBytes > 0) {
      this.#collect(frame)
      frame = this.#frame.subarray(0, this.#frameFilledBytes)
    }
    this.#input = this.#input.length === missing ? emptyInput : this.#input.subarray(missing)
    this.#frameBytes = -1
    this.#frame = emptyInput
    this.#frameFilledBytes = 0
    return frame
  }

  #begin(): boolean {
    if (this.#input.length < lengthBytes) return false
    const size = this.#input.readInt32BE(0)
    if (size < 0 || size > this.#maxFrameBytes) {
      throw new ProtocolError(`a frame of ${size} bytes, at most ${this.#maxFrameBytes} are allowed`)
    }
    this.#frameBytes = size
    this.#input = this.#input.subarray(lengthBytes)
    return true
  }

  #collect(bytes: Buffer): void {
    const filled = this.#frameFilledBytes + bytes.length
    if (filled > this.#frame.length) {
      this.#grow(Math.min(Math.max(minBufferBytes, filled * 2), this.#frameBytes))
    }
    bytes.copy(this.#frame, this.#frameFilledBytes)
    this.#frameFilledBytes = filled
  }

  #grow(byteCount: number): void {
    const larger = Buffer.allocUnsafeSlow(byteCount)
    this.#frame.copy(larger, 0, 0, this.#frameFilledBytes)
    this.#frame = larger
  }

  /** Forgets all bytes. */
  clear(): void {
    this.#input = emptyInput
    this.#frameBytes = -1
    this.#frame = emptyInput
    this.#frameFilledBytes = 0
  }
}
