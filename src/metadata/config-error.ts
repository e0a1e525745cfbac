/** A setting that stops the start. The message names the key, what it may be, and the nearest name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** As it was given. */
  readonly key: string

  constructor(key: string, message: string) {
    super(message)
    this.key = key
  }
}
