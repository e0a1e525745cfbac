/** An expected "no" of the domain: the error's name and what to tell the client. A value, never thrown. */
import type { ErrorName } from '#protocol/error-codes.ts'

export interface Refusal {
  readonly error: Exclude<ErrorName, 'NONE'>
  /** null: Kafka has no words of its own for it. */
  readonly message: string | null
}

export function refusal(error: Refusal['error'], message: string | null = null): Refusal {
  return { error, message }
}
