/**
 * The two errors of the wire format: bytes from outside that are not what they should be, and values of ours that
 * cannot be written.
 */

/** Bytes from outside that break the protocol. The connection they came from can only be closed. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/**
 * A value that has no encoding: a field that the version does not have and that must not be lost, null where the
 * version has no null, a number out of range, a string over 32,767 bytes. A mistake of the caller.
 */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}
