/** The segments of one log, ordered by base offset; the last one is active. Never empty once the log is open. */
import { assert } from '#base/assert.ts'
import type { Segment } from './segment.ts'

export class SegmentList implements Iterable<Segment> {
  #segments: Segment[]
  /** Bytes of all but the active one, whose size changes. */
  #inactiveBytes: number

  /** @param segments ascending */
  constructor(segments: readonly Segment[]) {
    assert(segments.length > 0, 'a log without a segment')
    this.#segments = [...segments]
    this.#inactiveBytes = segments.slice(0, -1).reduce((sum, segment) => sum + segment.sizeInBytes, 0)
  }

  [Symbol.iterator](): Iterator<Segment> {
    return this.#segments[Symbol.iterator]()
  }

  get count(): number {
    return this.#segments.length
  }

  get first(): Segment {
    return this.#segments[0]!
  }

  get active(): Segment {
    return this.#segments.at(-1)!
  }

  get sizeInBytes(): number {
    return this.#inactiveBytes + this.active.sizeInBytes
  }

  /** Makes `segment` the active one. */
  add(segment: Segment): void {
    assert(segment.baseOffset > this.active.baseOffset, 'a segment that does not follow the last one')
    this.#inactiveBytes += this.active.sizeInBytes
    this.#segments.push(segment)
  }

  /** Takes the oldest `count` away; the active one always stays. */
  removeFirst(count: number): Segment[] {
    assert(count < this.#segments.length, 'a log needs an active segment')
    const removed = this.#segments.slice(0, count)
    this.#segments = this.#segments.slice(count)
    for (const segment of removed) this.#inactiveBytes -= segment.sizeInBytes
    return removed
  }

  /** Index of the segment that would hold `offset`; -1 below the first one. */
  indexFor(offset: number): number {
    let low = 0
    let high = this.#segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#segments[middle]!.baseOffset <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  at(index: number): Segment | undefined {
    return this.#segments[index]
  }
}
