/**
 * A fault of the machine below us: a write that failed, a file that cannot be read. Thrown, never returned;
 * the handler of a partition maps it to KAFKA_STORAGE_ERROR.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  /** The operating system's code, such as ENOSPC or EIO, where there is one. */
  readonly code: string | undefined

  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.code =
      cause instanceof StorageError ? cause.code : (cause as NodeJS.ErrnoException | undefined)?.code
  }
}
