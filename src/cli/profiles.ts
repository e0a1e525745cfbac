/**
 * Profiles: names for clusters, each with what the commands need to reach one. Kept as JSON in the user's own
 * configuration folder, so that no command has to be told again.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UsageError } from './failure.ts'

export interface Profile {
  /** HOST:PORT,.. */
  readonly brokers: string
}

export interface Profiles {
  /** The one that is taken where none is named. */
  readonly current: string | undefined
  readonly profiles: ReadonlyMap<string, Profile>
}

const none: Profiles = { current: undefined, profiles: new Map() }

/** ODRADEK_PROFILES, else a file in the folder that the platform has for such things. */
export function profilesPath(env: NodeJS.ProcessEnv = process.env): string {
  const folder =
    env['XDG_CONFIG_HOME'] ||
    (process.platform === 'win32' && env['APPDATA'] ? env['APPDATA'] : join(homedir(), '.config'))
  return env['ODRADEK_PROFILES'] || join(folder, 'odradek', 'profiles.json')
}

/** Where there is no file there are no profiles. @throws UsageError when the file is damaged */
export async function loadProfiles(path = profilesPath()): Promise<Profiles> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none
    throw error
  }
  return parseProfiles(text, path)
}

/** Pure. @param path for the message */
export function parseProfiles(text: string, path: string): Profiles {
  const damaged = (why: string): UsageError =>
    new UsageError(`${path} is damaged: ${why}; repair it, or remove it and begin anew`)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw damaged((error as Error).message)
  }
  const { current, profiles = {} } = (document ?? {}) as { current?: unknown; profiles?: unknown }
  if (current !== undefined && typeof current !== 'string') throw damaged("'current' is no text")
  if (typeof profiles !== 'object' || profiles === null) throw damaged("'profiles' is no object")
  const found = new Map<string, Profile>()
  for (const [name, profile] of Object.entries(profiles as Record<string, unknown>)) {
    const { brokers } = (profile ?? {}) as { brokers?: unknown }
    if (typeof brokers !== 'string') throw damaged(`profile '${name}' has no 'brokers'`)
    found.set(name, { brokers })
  }
  return { current, profiles: found }
}

/** In one step: a reader sees the old file or the new one. */
export async function saveProfiles({ current, profiles }: Profiles, path = profilesPath()): Promise<void> {
  const document = { ...(current === undefined ? {} : { current }), profiles: Object.fromEntries(profiles) }
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  // What a profile says may be nobody else's business.
  await writeFile(temporary, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 })
  await rename(temporary, path)
}

/** @throws UsageError with the names that there are */
export function findProfile({ profiles }: Profiles, name: string): Profile {
  const profile = profiles.get(name)
  if (profile !== undefined) return profile
  const there = profiles.size === 0 ? 'there are none' : `there are ${[...profiles.keys()].join(', ')}`
  throw new UsageError(`there is no profile '${name}'; ${there}, 'odradek profiles set' makes one`)
}

export interface BrokerChoice {
  /** `--brokers`, `--profile` */
  readonly brokers?: string
  readonly profile?: string
}

const defaultBrokers = '127.0.0.1:9092'

/**
 * Where the brokers are: the options, before the environment (ODRADEK_BROKERS, ODRADEK_PROFILE), before the current
 * profile, before 127.0.0.1:9092.
 */
export async function chooseBrokers(
  options: BrokerChoice,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  if (options.brokers !== undefined) return options.brokers
  if (options.profile === undefined && env['ODRADEK_BROKERS']) return env['ODRADEK_BROKERS']
  const all = await loadProfiles(profilesPath(env))
  const name = options.profile ?? (env['ODRADEK_PROFILE'] || all.current)
  return name === undefined ? defaultBrokers : findProfile(all, name).brokers
}
