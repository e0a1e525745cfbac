/**
 * What can go wrong for a client: the broker answered with an error, or did not answer. Which of them a second try
 * may cure is decided here alone.
 */
import { type ErrorName, errorName, errors } from '#protocol/error-codes.ts'

/** The broker refused. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  readonly errorName: ErrorName
  /** What it refused, such as `topic 'orders'`. */
  readonly subject: string
  readonly isRetriable: boolean

  /** @param detail the broker's own words, where it gave some */
  constructor(errorName: ErrorName, subject: string, detail?: string | null) {
    super(detail ? `${subject}: ${detail.replace(/\.$/, '')} (${errorName})` : `${subject}: ${errorName}`)
    this.errorName = errorName
    this.subject = subject
    this.isRetriable = errors[errorName].retriable
  }
}

/** No answer: the connection could not be made, broke, or took too long. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/** A code that this version of Kafka does not have is a fault of the server. */
export function errorOf(code: number, subject: string, detail?: string | null): KafkaError | undefined {
  if (code === 0) return undefined
  const name = errorName(code)
  if (name !== undefined) return new KafkaError(name, subject, detail)
  return new KafkaError('UNKNOWN_SERVER_ERROR', subject, `error code ${code}`)
}

/** @throws KafkaError unless `code` is 0 */
export function throwOnError(code: number, subject: string, detail?: string | null): void {
  const error = errorOf(code, subject, detail)
  if (error !== undefined) throw error
}

export function isRetriable(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof KafkaError && error.isRetriable)
}
