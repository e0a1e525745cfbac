/**
 * Assertions: statements about our own code that must hold. They stay on in production.
 * Bytes from outside are never asserted; they get a ProtocolError or a Kafka error code.
 */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** @throws AssertionError when `condition` is false: a bug of ours, never a user's mistake. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** Marks a branch that the type checker proves to be impossible. */
export function unreachable(value: never): never {
  throw new AssertionError(`unexpected value ${String(value)}`)
}
