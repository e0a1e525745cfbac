/** Configs by the names that Kafka 4.3 has for them, and their values. No broker is asked. */
import type { Candidate } from './candidate.ts'
import type { Line } from './spot.ts'

/** A setting: KEY=, then its values. */
export async function configSettings(line: Line, word: string): Promise<Candidate[]> {
  const { configHints } = await import('#broker/config-hints.ts')
  const hints = configHints(isAboutTopics(line) ? 'topic' : 'broker')
  const equals = word.indexOf('=')
  if (equals < 0) {
    return hints.map(({ name, allowed }) => ({ value: `${name}=`, description: allowed, goesOn: true }))
  }
  const name = word.slice(0, equals)
  const hint = hints.find(hint => hint.name === name)
  return (hint?.values ?? []).map(value => ({ value: `${name}=${value}` }))
}

/** Of the commands that set configs, `start` is about a broker, the others are about topics. */
function isAboutTopics({ command }: Line): boolean {
  return command.parent?.name() === 'topics'
}
