/** A copy of bytes that a request carried, for whoever keeps them: a view would keep the whole frame in memory. */
export function ownBytes(view: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(view.length)
  view.copy(copy)
  return copy
}
