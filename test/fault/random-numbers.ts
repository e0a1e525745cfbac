// Numbers that follow from a seed (mulberry32), so that a run can be repeated.

export class RandomNumbers {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number in [from, below). */
  between(from: number, below: number): number {
    return from + Math.floor(this.#next() * (below - from))
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.between(0, items.length)]!
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count)
    for (let at = 0; at < count; at++) bytes[at] = this.between(0, 256)
    return bytes
  }

  /** In [0, 1). */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
