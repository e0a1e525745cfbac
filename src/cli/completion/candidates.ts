/**
 * What can stand at a spot. An argument or option says by its placeholder what it is completed with: `<topic>` with the
 * topics that there are, `<group>` with groups, and so on; `completers` is the list. What is not in it is not completed.
 */
import type { Argument, Command, Option } from 'commander'
import type { Candidate, Completer } from './candidate.ts'
import { configSettings } from './configs.ts'
import { groups, ownConfigs, partitions, topicPartitions, topics } from './live-names.ts'
import type { Spot } from './spot.ts'

/** The shell completes names of files and folders by itself. */
export type Answer =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'files' | 'folders' }

/** By placeholder, as it stands between the brackets, without the dots of an argument that takes several values. */
const completers: Readonly<Record<string, Completer | 'files' | 'folders'>> = {
  topic: topics,
  'topic[:n,..]': topicPartitions,
  partition: partitions,
  'partition,..': listOf(partitions),
  group: groups,
  profile: profiles,
  config: ownConfigs,
  'config=value': configSettings,
  offset: () => Promise.resolve([{ value: 'start' }, { value: 'end' }]),
  file: 'files',
  path: 'files',
  folder: 'folders',
}

/** What can stand at `spot` where `word` is there already. */
export async function candidatesAt(spot: Spot, word: string): Promise<Answer> {
  if (spot.kind === 'value') return valuesOf(spot, word)
  if (spot.kind === 'command') return words(commandNames(spot.parent), word)
  if (spot.kind === 'option') return words(optionNames(spot.command), word)
  return words([], word)
}

async function valuesOf(spot: Spot & { kind: 'value' }, word: string): Promise<Answer> {
  const { of, line, before } = spot
  const value = word.slice(before.length)
  const choices = of.argChoices
  const completer =
    choices === undefined ? completers[placeholderOf(of)] : async () => choices.map(value => ({ value }))
  if (typeof completer === 'string') return { kind: completer }
  const candidates = completer === undefined ? [] : await completer(line, value)
  // What is named already need not be named again.
  const named = new Set(isArgument(of) ? line.positional : [])
  const rest = candidates.filter(({ value }) => !named.has(value))
  return words(
    rest.map(each => ({ ...each, value: before + each.value })),
    word,
  )
}

function words(candidates: readonly Candidate[], word: string): Answer {
  return { kind: 'words', candidates: candidates.filter(({ value }) => value.startsWith(word)) }
}

function placeholderOf(of: Option | Argument): string {
  if (isArgument(of)) return of.name()
  return /[<[](.+)[>\]]$/.exec(of.flags)?.[1]?.replace(/\.\.\.$/, '') ?? ''
}

function isArgument(of: Option | Argument): of is Argument {
  return 'name' in of && !('flags' in of)
}

function commandNames(parent: Command): Candidate[] {
  const children = parent.commands.map(command => ({
    value: command.name(),
    description: firstSentence(command.summary() || command.description()),
  }))
  return [...children, { value: 'help', description: 'help for a command' }]
}

function optionNames(command: Command): Candidate[] {
  const options = command.options
    .filter(option => !option.hidden)
    .map(option => ({
      value: option.long ?? option.short ?? option.flags,
      description: firstSentence(option.description),
    }))
  return [...options, { value: '--help', description: 'help for this command' }]
}

function firstSentence(text: string): string {
  return text.split(/\.(?:\s|$)|;|\s\(/, 1)[0] ?? ''
}

/** Several of them with commas between: what is begun is the last one. */
function listOf(completer: Completer): Completer {
  return async (line, word) => {
    const comma = word.lastIndexOf(',') + 1
    const before = word.slice(0, comma)
    const there = new Set(before.split(','))
    const candidates = await completer(line, word.slice(comma))
    return candidates
      .filter(({ value }) => !there.has(value))
      .map(each => ({ ...each, value: before + each.value }))
  }
}

async function profiles(): Promise<Candidate[]> {
  const { loadProfiles } = await import('../profiles.ts')
  const { profiles } = await loadProfiles()
  return [...profiles].map(([value, { brokers }]) => ({ value, description: brokers }))
}
