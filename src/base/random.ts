/**
 * Randomness as a port: ids and jitter come from here, so that a seed replays a run.
 */
import { randomFillSync } from 'node:crypto'

export interface Random {
  /** `count` fresh random bytes. */
  bytes(count: number): Buffer
  /** A whole number in [0, bound). */
  below(bound: number): number
}

/** Cryptographically strong; what a running broker uses. */
export class SystemRandom implements Random {
  bytes(count: number): Buffer {
    return randomFillSync(Buffer.alloc(count))
  }

  below(bound: number): number {
    return Math.floor(Math.random() * bound)
  }
}

/** Mulberry32: small, fast and repeatable. For tests and simulation, never for secrets. */
export class SeededRandom implements Random {
  readonly seed: number
  #state: number

  constructor(seed: number) {
    this.seed = seed
    this.#state = seed >>> 0
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count)
    for (let index = 0; index < count; index++) bytes[index] = this.#next() & 0xff
    return bytes
  }

  below(bound: number): number {
    return Math.floor((this.#next() / 2 ** 32) * bound)
  }
}

/**
 * A version-4 UUID as Kafka writes it: 22 characters of base64url. Never starts with a dash, as Kafka's
 * own `Uuid.randomUuid` avoids it, because such an id is taken for an option on a command line.
 */
export function randomUuid(random: Random): string {
  for (;;) {
    const bytes = random.bytes(16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const text = bytes.toString('base64url')
    if (!text.startsWith('-')) return text
  }
}

/** The id that means "no topic id" on the wire. */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'
