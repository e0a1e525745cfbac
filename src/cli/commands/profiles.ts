/** `odradek profiles`: names for clusters. */
import { Command, InvalidArgumentError } from 'commander'
import { parseAddresses } from '../addresses.ts'
import { print, printJson } from '../output.ts'
import { findProfile, loadProfiles, profilesPath, saveProfiles } from '../profiles.ts'
import { formatTable } from '../table.ts'

export function profilesCommand(): Command {
  const command = new Command('profiles')
    .alias('profile')
    .description(
      "Names for clusters: 'odradek profiles set prod -b kafka:9092', then '--profile prod' or 'odradek profiles use prod'.",
    )
  command
    .command('list')
    .description('List the profiles; the current one is marked.')
    .option('--json', 'one JSON document instead of a table')
    .action(list)
  command
    .command('set')
    .description('Make a profile, or change it.')
    .argument('<name>', 'letters, digits, dots, underscores and dashes', profileName)
    .requiredOption('-b, --brokers <host:port,..>', 'brokers to begin with', addresses)
    .option('--use', 'make it the current one')
    .action(set)
  command
    .command('use')
    .description('Make a profile the current one: it is taken where nothing else is said.')
    .argument('<profile>')
    .action(use)
  command.command('delete').description('Delete a profile.').argument('<profile>').action(remove)
  return command
}

async function list(options: { json?: true }): Promise<void> {
  const { current, profiles } = await loadProfiles()
  const all = [...profiles].sort(([a], [b]) => (a < b ? -1 : 1))
  if (options.json) {
    await printJson(all.map(([name, { brokers }]) => ({ name, brokers, current: name === current })))
    return
  }
  const rows = all.map(([name, { brokers }]) => [name === current ? '*' : '', name, brokers])
  await print(formatTable([{ title: '' }, { title: 'NAME' }, { title: 'BROKERS' }], rows))
}

async function set(name: string, options: { brokers: string; use?: true }): Promise<void> {
  const { current, profiles } = await loadProfiles()
  const isNew = !profiles.has(name)
  const changed = new Map(profiles).set(name, { brokers: options.brokers })
  await saveProfiles({ current: options.use ? name : current, profiles: changed })
  await print(
    `profile ${name} ${isNew ? 'made' : 'changed'}${options.use ? ', and current' : ''} (${profilesPath()})\n`,
  )
}

async function use(name: string): Promise<void> {
  const all = await loadProfiles()
  const { brokers } = findProfile(all, name)
  await saveProfiles({ ...all, current: name })
  await print(`profile ${name} is current: ${brokers}\n`)
}

async function remove(name: string): Promise<void> {
  const all = await loadProfiles()
  findProfile(all, name)
  const profiles = new Map(all.profiles)
  profiles.delete(name)
  await saveProfiles({ current: all.current === name ? undefined : all.current, profiles })
  await print(`profile ${name} deleted\n`)
}

function profileName(text: string): string {
  if (!/^[\w.-]{1,100}$/.test(text))
    throw new InvalidArgumentError('It may have letters, digits, dots, underscores and dashes.')
  return text
}

/** Wrong ones are told now, not when the profile is first used. */
function addresses(text: string): string {
  parseAddresses(text)
  return text
}
