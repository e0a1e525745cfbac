/**
 * Failures as a user reads them: one line that says what went wrong, with Kafka's name for it, and what to do.
 */
import { ConnectionError, KafkaError } from '#client/client-error.ts'
import type { ErrorName } from '#protocol/error-codes.ts'

/** Something was asked for that makes no sense: exit code 2, as for an unknown option. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command failed, and has said all there is to say: exit code 1. */
export class ReportedFailure extends Error {
  override readonly name = 'ReportedFailure'
}

const advice: Partial<Record<ErrorName, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION:
    "'odradek topics list' shows what there is, 'odradek topics create NAME' makes a topic",
  TOPIC_ALREADY_EXISTS: 'with --if-not-exists that is no error',
  INVALID_TOPIC_EXCEPTION: 'a name has letters, digits, dots, underscores and dashes, 249 at most',
  INVALID_REPLICATION_FACTOR: 'there cannot be more replicas than brokers',
  MESSAGE_TOO_LARGE: "the topic's max.message.bytes is the limit: 'odradek topics alter-config' raises it",
  GROUP_ID_NOT_FOUND: "'odradek groups list' shows what there is",
  NON_EMPTY_GROUP: 'stop its members first',
  INCONSISTENT_GROUP_PROTOCOL:
    "its members share out partitions in another way; this command can join groups with the 'range' assignor",
  TOPIC_AUTHORIZATION_FAILED: 'this user is not allowed to do that',
  GROUP_AUTHORIZATION_FAILED: 'this user is not allowed to do that',
  CLUSTER_AUTHORIZATION_FAILED: 'this user is not allowed to do that',
}

/** One line, without a full stop at the end of a sentence that is none. */
export function describeFailure(error: unknown): string {
  if (error instanceof KafkaError) {
    const what = advice[error.errorName]
    return what === undefined ? error.message : `${error.message}; ${what}`
  }
  if (error instanceof ConnectionError) {
    return `${error.message}; '-b HOST:PORT', ODRADEK_BROKERS or a profile says where the brokers are`
  }
  return error instanceof Error ? error.message : String(error)
}
