/** What every layer may know of a client's connection; net/ makes it, handlers read it. */
export interface HostAndPort {
  readonly host: string
  readonly port: number
}

export interface ConnectionFacts {
  /** Unique in this process. */
  readonly id: number
  /** Address of the client, without its port. */
  readonly clientHost: string
  /** Kafka's form, such as `User:ANONYMOUS`. */
  readonly principal: string
  /** What this client is told to connect to: advertised.listeners, else the local end of its own connection. */
  readonly advertised: HostAndPort
  /** Aborted when the connection is gone or the broker stops: what waits answers at once with what it has. */
  readonly signal: AbortSignal
}
