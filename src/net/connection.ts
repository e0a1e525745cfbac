/**
 * One client: frames in, replies out, in the order of the requests.
 *
 * Owns the socket, the bytes on their way in and out, and the order. Knows nothing of what a request means: it is
 * handed `accept`, which reads a frame and says how to run it. Every way to fail ends in `#fail`: one log line, and
 * the connection is gone with all that it held.
 */
import type { Duplex } from 'node:stream'
import type { Clock } from '#base/clock.ts'
import type { ConnectionFacts } from '#base/connection-facts.ts'
import type { Logger } from '#base/logger.ts'
import { FrameSplitter } from '#protocol/frame.ts'
import { isLazyBytes, type WirePart } from '#protocol/lazy-bytes.ts'
import type { ChunkPool } from './chunk-pool.ts'
import type { FrameBudget } from './request-budget.ts'
import { writeParts } from './write-parts.ts'

export interface WireReply {
  readonly parts: readonly WirePart[]
}

/** A request that was read and can be run. */
export interface AcceptedRequest {
  /** It may start before the request in front of it is answered, when that one is pipelined too. */
  readonly pipelined: boolean
  /** undefined: nothing is sent. A rejection closes the connection. */
  run(): Promise<WireReply | undefined>
}

/** @throws ProtocolError when the bytes are no request; the connection is then closed */
export type AcceptRequest = (frame: Buffer, connection: ConnectionFacts) => AcceptedRequest

export interface ConnectionOptions {
  readonly socket: Duplex
  readonly facts: Omit<ConnectionFacts, 'signal'>
  readonly accept: AcceptRequest
  /** socket.request.max.bytes */
  readonly maxRequestBytes: number
  /** Holds every request of all connections from its first bytes to its answer. */
  readonly requestBudget: FrameBudget
  readonly chunkPool: ChunkPool
  readonly clock: Clock
  readonly logger: Logger
  readonly onClosed: (connection: Connection) => void
}

/** Requests of one connection that run at once. Clients keep 5; librdkafka has no limit of its own. */
const maxPipelinedCount = 64
/** Whole frames, and their bytes, that wait behind the running ones before the socket is no longer read. */
const maxQueuedCount = 64
const maxQueuedBytes = 128 * 1024
/** A frame up to this size needs no room in the budget, so that small requests pass while large ones wait. */
const freeFrameBytes = 16 * 1024

interface QueuedFrame {
  readonly frame: Buffer
  readonly heldBytes: number
}

export class Connection {
  readonly #options: ConnectionOptions
  readonly #facts: ConnectionFacts
  readonly #abort = new AbortController()
  readonly #splitter: FrameSplitter
  readonly #frames: QueuedFrame[] = []
  /** The request at the head of the queue, read but not yet allowed to run. */
  #accepted: AcceptedRequest | undefined
  #queuedBytes = 0
  #inFlightCount = 0
  #isSending = false
  #lastIsPipelined = true
  #replies: Promise<void> = Promise.resolve()
  /** Budget held for the frame that is coming in. */
  #incomingHeldBytes = 0
  #leaveBudgetLine: (() => void) | undefined
  #isClosed = false
  #isDraining = false
  #lastProgressMs: number
  #grantedAtMs = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#facts = { ...options.facts, signal: this.#abort.signal }
    this.#splitter = new FrameSplitter(options.maxRequestBytes)
    this.#lastProgressMs = options.clock.monotonicMs()
    options.socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    options.socket.on('end', () => this.#close())
    options.socket.on('error', error => this.#fail('the socket failed', error))
    options.socket.on('close', () => this.#close())
  }

  get facts(): ConnectionFacts {
    return this.#facts
  }

  /** Milliseconds since bytes last moved in either direction. */
  idleMs(nowMs: number): number {
    return nowMs - this.#lastProgressMs
  }

  /** A request of this connection is running and no answer is on its way out. */
  get isWaitingForUs(): boolean {
    return this.#inFlightCount > 0 && !this.#isSending
  }

  /** The room that it holds in the request budget for a frame whose rest has not come, though we read. */
  get incompleteHeldBytes(): number {
    return this.#isQueueFull ? 0 : this.#incomingHeldBytes
  }

  /** Milliseconds since it was given that room. */
  heldMs(nowMs: number): number {
    return nowMs - this.#grantedAtMs
  }

  /** Takes no further request, lets those that wait answer at once, and closes when all are answered. */
  drain(): void {
    if (this.#isDraining || this.#isClosed) return
    this.#isDraining = true
    this.#options.socket.pause()
    this.#abort.abort()
    void this.#replies.then(() => this.#close(true))
  }

  /** Closes at once, for a reason that the log tells. */
  fail(reason: string): void {
    this.#fail(reason)
  }

  /** Closes an idle connection, as Kafka does without a word; the client opens another when it needs one. */
  expire(reason: string): void {
    this.#options.logger.debug(`closed a connection: ${reason}`, { connection: this.#facts.id })
    this.#close()
  }

  #receive(chunk: Buffer): void {
    if (this.#isClosed || this.#isDraining) return
    this.#lastProgressMs = this.#options.clock.monotonicMs()
    try {
      this.#splitter.push(chunk)
      this.#takeFrames()
    } catch (error) {
      this.#fail('a frame could not be read', error)
    }
  }

  #takeFrames(): void {
    for (let frame = this.#splitter.next(); frame !== undefined; frame = this.#splitter.next()) {
      this.#frames.push({ frame, heldBytes: this.#incomingHeldBytes })
      this.#queuedBytes += frame.length
      this.#incomingHeldBytes = 0
    }
    this.#reserveIncoming()
    this.#runNext()
    this.#adjustReading()
  }

  /** A frame that has begun and is large waits for room before more of it is read. */
  #reserveIncoming(): void {
    const frameBytes = this.#splitter.incompleteBytes
    if (frameBytes <= freeFrameBytes || this.#incomingHeldBytes > 0 || this.#leaveBudgetLine !== undefined)
      return
    let isGranted = false
    const leave = this.#options.requestBudget.take(frameBytes, () => {
      isGranted = true
      this.#leaveBudgetLine = undefined
      this.#incomingHeldBytes = frameBytes
      this.#splitter.reserve()
      this.#grantedAtMs = this.#lastProgressMs = this.#options.clock.monotonicMs()
      this.#adjustReading()
    })
    if (!isGranted) this.#leaveBudgetLine = leave
  }

  #adjustReading(): void {
    if (this.#isClosed || this.#isDraining) return
    if (this.#isQueueFull || this.#leaveBudgetLine !== undefined) this.#options.socket.pause()
    else this.#options.socket.resume()
  }

  get #isQueueFull(): boolean {
    return this.#frames.length >= maxQueuedCount || this.#queuedBytes >= maxQueuedBytes
  }

  /** Starts what may start: the next request when nothing runs, or a row of pipelined ones. */
  #runNext(): void {
    while (!this.#isClosed && this.#frames.length > 0 && this.#inFlightCount < maxPipelinedCount) {
      if (this.#inFlightCount > 0 && !this.#lastIsPipelined) return
      const { frame, heldBytes } = this.#frames[0]!
      this.#accepted ??= this.#options.accept(frame, this.#facts)
      if (this.#inFlightCount > 0 && !this.#accepted.pipelined) return
      const request = this.#accepted
      this.#accepted = undefined
      this.#frames.shift()
      this.#queuedBytes -= frame.length
      this.#lastIsPipelined = request.pipelined
      this.#inFlightCount++
      this.#replyInOrder(request.run(), heldBytes)
    }
  }

  #replyInOrder(running: Promise<WireReply | undefined>, heldBytes: number): void {
    const turn = this.#replies
    const answer = async (): Promise<void> => {
      let reply: WireReply | undefined
      try {
        reply = await running
        await turn
        if (reply !== undefined) await this.#send(reply)
      } catch (error) {
        this.#fail('a request failed', error)
      } finally {
        this.#inFlightCount--
        this.#releaseHeld(heldBytes)
      }
      if (this.#isClosed || this.#isDraining) return
      try {
        this.#runNext()
      } catch (error) {
        this.#fail('a request could not be read', error)
      }
      this.#adjustReading()
    }
    this.#replies = answer()
  }

  async #send(reply: WireReply): Promise<void> {
    if (this.#isClosed) {
      releaseParts(reply.parts)
      return
    }
    this.#isSending = true
    try {
      await writeParts(this.#options.socket, reply.parts, this.#options.chunkPool, () => {
        this.#lastProgressMs = this.#options.clock.monotonicMs()
      })
    } finally {
      this.#isSending = false
    }
  }

  #releaseHeld(byteCount: number): void {
    if (byteCount === 0) return
    this.#options.requestBudget.giveBack(byteCount)
  }

  #fail(reason: string, cause?: unknown): void {
    if (this.#isClosed) return
    const code = (cause as NodeJS.ErrnoException | undefined)?.code
    // A peer that went away is everyday life; everything else deserves a line.
    const isOrdinary = code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE'
    this.#options.logger[isOrdinary ? 'debug' : 'warn'](`closed a connection: ${reason}`, {
      client: this.#facts.clientHost,
      connection: this.#facts.id,
      ...(cause === undefined ? {} : { error: cause }),
    })
    this.#close()
  }

  /** @param isAnswered everything was sent, so that a farewell gets through; one that is stuck never would */
  #close(isAnswered = false): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#abort.abort()
    this.#leaveBudgetLine?.()
    this.#leaveBudgetLine = undefined
    for (const { heldBytes } of this.#frames) this.#releaseHeld(heldBytes)
    this.#frames.length = 0
    this.#accepted = undefined
    this.#releaseHeld(this.#incomingHeldBytes)
    this.#incomingHeldBytes = 0
    this.#splitter.clear()
    const { socket } = this.#options
    if (isAnswered) socket.end(() => socket.destroy())
    else socket.destroy()
    this.#options.onClosed(this)
  }
}

function releaseParts(parts: readonly WirePart[]): void {
  for (const part of parts) if (isLazyBytes(part)) part.release()
}
