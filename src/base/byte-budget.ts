/**
 * A number of bytes that many share. Whoever needs some waits in line for it, first come first served, so that
 * the sum of what is held never passes the total.
 */
import { assert } from './assert.ts'

interface Waiter {
  readonly byteCount: number
  readonly granted: () => void
}

export class ByteBudget {
  readonly totalBytes: number
  #freeBytes: number
  #waiting: Waiter[] = []
  #waitingBytes = 0

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes
    this.#freeBytes = totalBytes
  }

  get freeBytes(): number {
    return this.#freeBytes
  }

  /** True while somebody waits for bytes that others hold. */
  get isContended(): boolean {
    return this.#waiting.length > 0
  }

  /** What those in line ask for, in all. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /**
   * Calls `granted` when `byteCount` bytes are held for the caller: at once, or after others gave theirs back.
   * A request above the total is granted when everything else is back. Returns a function that leaves the line.
   */
  take(byteCount: number, granted: () => void): () => void {
    if (this.#waiting.length === 0 && this.#fits(byteCount)) {
      this.#freeBytes -= byteCount
      granted()
      return () => {}
    }
    const waiter = { byteCount, granted }
    this.#waiting.push(waiter)
    this.#waitingBytes += byteCount
    return () => {
      const index = this.#waiting.indexOf(waiter)
      if (index < 0) return
      this.#waiting.splice(index, 1)
      this.#waitingBytes -= byteCount
      this.#grantWaiting()
    }
  }

  giveBack(byteCount: number): void {
    this.#freeBytes += byteCount
    assert(this.#freeBytes <= this.totalBytes, 'more bytes given back than taken')
    this.#grantWaiting()
  }

  #fits(byteCount: number): boolean {
    return byteCount <= this.#freeBytes || this.#freeBytes === this.totalBytes
  }

  #grantWaiting(): void {
    while (this.#waiting.length > 0 && this.#fits(this.#waiting[0]!.byteCount)) {
      const waiter = this.#waiting.shift()!
      this.#waitingBytes -= waiter.byteCount
      this.#freeBytes -= waiter.byteCount
      waiter.granted()
    }
  }
}
