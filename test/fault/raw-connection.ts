// A socket that sends any bytes to a broker, and tells what came of it.

import { connect, type Socket } from 'node:net'

/** How it went: answers as frames without their lengths, and whether the broker has closed. */
export interface Outcome {
  readonly answers: readonly Buffer[]
  readonly isClosed: boolean
}

export class RawConnection {
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #answers: Buffer[] = []
  #isClosed = false
  #onChange: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#takeFrames()
      this.#onChange?.()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#isClosed = true
      this.#onChange?.()
    })
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new RawConnection(socket)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Resolves with the answers that have not been given yet, at the first of them, at the end, or after `limitMs`. */
  async exchange(bytes: Buffer, limitMs: number): Promise<Outcome> {
    this.#socket.write(bytes)
    if (this.#answers.length === 0 && !this.#isClosed) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, limitMs)
        this.#onChange = () => {
          if (this.#answers.length === 0 && !this.#isClosed) return
          clearTimeout(timer)
          resolve()
        }
      })
      this.#onChange = undefined
    }
    const answers = this.#answers
    this.#answers = []
    return { answers, isClosed: this.#isClosed }
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #takeFrames(): void {
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readInt32BE(0)
      if (this.#received.length < end) return
      this.#answers.push(this.#received.subarray(4, end))
      this.#received = this.#received.subarray(end)
    }
  }
}

/** A frame: a length and what follows. */
export function frameOf(...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** A request header without tags: version 1. */
export function headerOf(apiKey: number, apiVersion: number, correlationId: number): Buffer {
  const header = Buffer.alloc(10)
  header.writeInt16BE(apiKey, 0)
  header.writeInt16BE(apiVersion, 2)
  header.writeInt32BE(correlationId, 4)
  header.writeInt16BE(-1, 8)
  return header
}
