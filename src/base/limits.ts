/**
 * Limits that protect the process and have no setting of their own, each with the reason for its value.
 */

/**
 * A compressed batch may unpack to this many times max.message.bytes, no more. Kafka has no such limit and unpacks
 * a bomb to its end. Real records pack 3 to 20 times, logs of equal lines about 50 times; one worker then needs at
 * most 64 MiB with the default max.message.bytes.
 */
const unpackedRatio = 64
/** However large max.message.bytes is: one batch must not take the memory of the whole process. */
const unpackedCeilingBytes = 1024 * 1024 * 1024

/** Largest size that a compressed batch may unpack to. @param maxMessageBytes of the topic */
export function maxUnpackedBytes(maxMessageBytes: number): number {
  return Math.max(Math.min(maxMessageBytes * unpackedRatio, unpackedCeilingBytes), maxMessageBytes)
}

/**
 * Errors of single records in one answer. Kafka sends all; a batch of ten million packed records without keys for
 * a compacted topic would make an answer of gigabytes.
 */
export const maxRecordErrors = 10_000

/**
 * Producers that one partition remembers. Kafka has no bound but their expiry; a client that takes a new id for
 * each batch would fill the memory in a day. Their snapshot has 46 bytes each: 4.6 MB at most.
 */
export const maxProducersPerPartition = 100_000
