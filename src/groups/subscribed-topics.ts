/**
 * The topics in a consumer's subscription (ConsumerProtocolSubscription). Pure. Only the part that version 0 has
 * is read, which every later version begins with, so that a client newer than this broker is understood too.
 */

/** undefined where the bytes are no subscription. */
export function subscribedTopicsOf(bytes: Buffer): string[] | undefined {
  let position = 0
  const has = (count: number): boolean => count >= 0 && position + count <= bytes.length
  if (!has(6) || bytes.readInt16BE(0) < 0) return undefined
  const topicCount = bytes.readInt32BE(2)
  position = 6
  // Each topic takes two bytes at least: an absurd count is refused before anything is gathered.
  if (topicCount < 0 || !has(topicCount * 2)) return undefined
  const topics: string[] = []
  for (let index = 0; index < topicCount; index++) {
    if (!has(2)) return undefined
    const lengthBytes = bytes.readInt16BE(position)
    position += 2
    if (!has(lengthBytes)) return undefined
    topics.push(bytes.toString('utf8', position, position + lengthBytes))
    position += lengthBytes
  }
  if (!has(4)) return undefined
  const userDataBytes = bytes.readInt32BE(position)
  position += 4
  return userDataBytes === -1 || has(userDataBytes) ? topics : undefined
}
