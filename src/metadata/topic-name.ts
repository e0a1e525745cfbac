/** Legal names of topics, as Kafka's org.apache.kafka.common.internals.Topic has them. Pure. */

/** With "-", a partition number and a suffix of deletion it must fit into the 255 bytes of a folder's name. */
const maxLength = 249

/** Topics of Kafka's own coordinators. Here that state is rows: they are never listed, created or written by clients. */
const internalTopics: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

/** Kafka's metadata log, which no client may create. */
export const clusterMetadataTopic = '__cluster_metadata'

export function isInternalTopic(name: string): boolean {
  return internalTopics.has(name)
}

/** Why a name is refused, in Kafka's words, or undefined when it is legal. */
export function topicNameFault(name: string): string | undefined {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.') return "Topic name is invalid: '.' is not allowed"
  if (name === '..') return "Topic name is invalid: '..' is not allowed"
  if (name.length > maxLength) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${maxLength}`
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return (
      `Topic name is invalid: '${name}' contains one or more characters other than ` +
      "ASCII alphanumerics, '.', '_' and '-'"
    )
  }
  return undefined
}

/** Equal for names that differ in '.' and '_' only: Kafka makes them one name in its metrics, and refuses the second. */
export function collisionKey(name: string): string {
  return name.replaceAll('.', '_')
}

/** Whether a name can collide at all. */
export function hasCollisionChars(name: string): boolean {
  return name.includes('.') || name.includes('_')
}
