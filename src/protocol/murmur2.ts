/**
 * Where keys and coordinators go: the hashes by which Kafka's clients and brokers choose a partition. Pure.
 */

/** Kafka's constants (Utils.murmur2): the multiplier of MurmurHash2 and a seed of its own. */
const multiplier = 0x5bd1e995
const seed = 0x9747b28c

/** MurmurHash2 of 32 bits as Kafka's clients compute it. @returns a signed int32 */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length
  const wholeBytes = length & ~3
  let hash = seed ^ length
  for (let at = 0; at < wholeBytes; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    word = Math.imul(word, multiplier)
    word = Math.imul(word ^ (word >>> 24), multiplier)
    hash = Math.imul(hash, multiplier) ^ word
  }
  if (wholeBytes < length) {
    let rest = 0
    for (let at = length - 1; at >= wholeBytes; at--) rest = (rest << 8) | bytes[at]!
    hash = Math.imul(hash ^ rest, multiplier)
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return hash ^ (hash >>> 15)
}

/** The partition that Kafka's default partitioner gives a record with this key. */
export function partitionForKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount
}

/** Java's String.hashCode, over UTF-16 units. @returns a signed int32 */
export function javaHashCode(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}

/** The partition of an internal topic that keeps a group or a transactional id. */
export function coordinatorPartition(id: string, partitionCount: number): number {
  const hash = javaHashCode(id)
  // Kafka's Utils.abs: the one int32 without a positive counterpart counts as 0.
  return (hash === -0x80000000 ? 0 : Math.abs(hash)) % partitionCount
}
