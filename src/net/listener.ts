/**
 * Accepts connections, counts them against their limits, closes those that are idle, and drains at shutdown.
 */
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock, Timer } from '#base/clock.ts'
import type { HostAndPort } from '#base/connection-facts.ts'
import type { Logger } from '#base/logger.ts'
import { ChunkPool } from './chunk-pool.ts'
import { Connection, type AcceptRequest } from './connection.ts'
import { RequestBudget } from './request-budget.ts'

export interface ListenerOptions {
  /** Port 0 takes a free one. */
  readonly bind: HostAndPort
  /** What clients are told to connect to; undefined: the local end of their own connection. */
  readonly advertised: HostAndPort | undefined
  readonly accept: AcceptRequest
  readonly limits: () => ListenerLimits
  readonly clock: Clock
  readonly logger: Logger
}

/** Read again for each connection, so that they can be changed while the broker runs. */
export interface ListenerLimits {
  /** max.connections */
  readonly maxConnections: number
  /** max.connections.per.ip, with max.connections.per.ip.overrides */
  readonly maxConnectionsOf: (clientHost: string) => number
  /** connections.max.idle.ms; -1: never */
  readonly maxIdleMs: number
  /** socket.request.max.bytes */
  readonly maxRequestBytes: number
}

/** All chunks of fetched records on their way to a socket. */
const chunkBudgetBytes = 64 * 1024 * 1024
const sweepIntervalMs = 1_000

export class Listener {
  readonly #options: ListenerOptions
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  readonly #countByHost = new Map<string, number>()
  readonly #requestBudget: RequestBudget
  readonly #chunkPool = new ChunkPool(chunkBudgetBytes)
  #nextConnectionId = 1
  #sweepTimer: Timer | undefined
  #onEmpty: (() => void) | undefined

  private constructor(options: ListenerOptions) {
    this.#options = options
    this.#requestBudget = new RequestBudget(options.clock)
    this.#server = createServer({ noDelay: true, allowHalfOpen: false }, socket => this.#admit(socket))
  }

  /** Resolves when clients can connect. Rejects with the system's error, EADDRINUSE for one. */
  static async start(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options)
    await new Promise<void>((resolve, reject) => {
      listener.#server.once('error', reject)
      listener.#server.listen({ host: options.bind.host, port: options.bind.port, backlog: 1024 }, resolve)
    })
    listener.#server.on('error', error => options.logger.error('the listener failed', { error }))
    listener.#sweep()
    return listener
  }

  /** Where it listens; the port is the real one. */
  get address(): HostAndPort {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') return this.#options.bind
    return { host: this.#options.bind.host, port: address.port }
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Accepts nobody more, lets running requests be answered for at most `graceMs`, then closes what is left. */
  async close(graceMs: number): Promise<void> {
    this.#sweepTimer?.cancel()
    const serverClosed = new Promise<void>(resolve => {
      this.#server.close(() => resolve())
    })
    const drained = new Promise<void>(resolve => {
      this.#onEmpty = resolve
    })
    for (const connection of this.#connections) connection.drain()
    if (this.#connections.size > 0) {
      const timer = this.#options.clock.after(graceMs, () => {
        for (const connection of this.#connections) connection.fail('the broker stops')
      })
      await drained
      timer.cancel()
    }
    await serverClosed
  }

  #admit(socket: Socket): void {
    const clientHost = plainAddress(socket.remoteAddress)
    const { maxConnections, maxConnectionsOf, maxRequestBytes } = this.#options.limits()
    const fromHost = this.#countByHost.get(clientHost) ?? 0
    if (this.#connections.size >= maxConnections || fromHost >= maxConnectionsOf(clientHost)) {
      this.#options.logger.warn(
        'refused a connection: max.connections or max.connections.per.ip is reached',
        {
          client: clientHost,
          connections: this.#connections.size,
          fromThisHost: fromHost,
        },
      )
      socket.destroy()
      return
    }
    this.#countByHost.set(clientHost, fromHost + 1)
    const local = { host: plainAddress(socket.localAddress), port: socket.localPort ?? 0 }
    this.#connections.add(
      new Connection({
        socket,
        facts: {
          id: this.#nextConnectionId++,
          clientHost,
          principal: 'User:ANONYMOUS',
          advertised: this.#options.advertised ?? local,
        },
        accept: this.#options.accept,
        maxRequestBytes,
        requestBudget: this.#requestBudget,
        chunkPool: this.#chunkPool,
        clock: this.#options.clock,
        logger: this.#options.logger,
        onClosed: connection => this.#forget(connection, clientHost),
      }),
    )
  }

  #forget(connection: Connection, clientHost: string): void {
    this.#connections.delete(connection)
    const left = (this.#countByHost.get(clientHost) ?? 1) - 1
    if (left > 0) this.#countByHost.set(clientHost, left)
    else this.#countByHost.delete(clientHost)
    if (this.#connections.size === 0) this.#onEmpty?.()
  }

  #sweep(): void {
    const { maxIdleMs } = this.#options.limits()
    const nowMs = this.#options.clock.monotonicMs()
    for (const connection of this.#connections) {
      const idleMs = connection.idleMs(nowMs)
      if (maxIdleMs >= 0 && idleMs > maxIdleMs && !connection.isWaitingForUs) {
        connection.expire(`no bytes moved for ${maxIdleMs} ms (connections.max.idle.ms)`)
      } else if (connection.incompleteHeldBytes > 0) {
        this.#closeStalled(connection, nowMs)
      }
    }
    this.#sweepTimer = this.#options.clock.after(sweepIntervalMs, () => this.#sweep())
  }

  /** Whose request stops coming, or only trickles, does not keep the room that others wait for. */
  #closeStalled(connection: Connection, nowMs: number): void {
    const frameBytes = connection.incompleteHeldBytes
    const stallLimitMs = this.#requestBudget.stallLimitMs(frameBytes)
    const frameLimitMs = this.#requestBudget.frameLimitMs(frameBytes)
    if (stallLimitMs === undefined || frameLimitMs === undefined) return
    const isStalled = connection.idleMs(nowMs) > stallLimitMs || connection.heldMs(nowMs) > frameLimitMs
    if (isStalled)
      connection.fail(`a request of ${frameBytes} bytes stopped coming while others wait for memory`)
  }
}

/** IPv4 addresses that come in over an IPv6 socket are written as IPv4. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '')
}
