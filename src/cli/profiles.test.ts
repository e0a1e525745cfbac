import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  type BrokerChoice,
  chooseBrokers,
  loadProfiles,
  parseProfiles,
  profilesPath,
  saveProfiles,
} from './profiles.ts'

let folder: string
let path: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odradek-profiles-'))
  path = join(folder, 'deep', 'profiles.json')
})

after(() => rm(folder, { recursive: true }))

test('profiles are kept, for their user alone', async () => {
  assert.deepEqual((await loadProfiles(path)).profiles.size, 0)
  const profiles = new Map([
    ['local', { brokers: 'localhost:1' }],
    ['prod', { brokers: 'a:1,b:2' }],
  ])
  await saveProfiles({ current: 'prod', profiles }, path)
  assert.deepEqual(await loadProfiles(path), { current: 'prod', profiles })
  if (process.platform !== 'win32') assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.match(await readFile(path, 'utf8'), /\n$/)
})

const choices: [name: string, BrokerChoice, env: NodeJS.ProcessEnv, brokers: string][] = [
  ['--brokers', { brokers: 'x:1', profile: 'local' }, { ODRADEK_BROKERS: 'y:1' }, 'x:1'],
  ['--profile', { profile: 'local' }, { ODRADEK_BROKERS: 'y:1', ODRADEK_PROFILE: 'prod' }, 'localhost:1'],
  ['ODRADEK_BROKERS', {}, { ODRADEK_BROKERS: 'y:1', ODRADEK_PROFILE: 'local' }, 'y:1'],
  ['ODRADEK_PROFILE', {}, { ODRADEK_PROFILE: 'local' }, 'localhost:1'],
  ['the current profile', {}, {}, 'a:1,b:2'],
]

for (const [name, options, env, brokers] of choices) {
  test(`${name} says where the brokers are`, async () => {
    assert.equal(await chooseBrokers(options, { ...env, ODRADEK_PROFILES: path }), brokers)
  })
}

test('without any of these there is a default', async () => {
  assert.equal(await chooseBrokers({}, { ODRADEK_PROFILES: join(folder, 'none') }), '127.0.0.1:9092')
})

test('a profile that is not there is an error that names those that are', async () => {
  const env = { ODRADEK_PROFILES: path }
  await assert.rejects(chooseBrokers({ profile: 'porD' }, env), {
    name: 'UsageError',
    message: /no profile 'porD'; there are local, prod,/,
  })
})

test('a damaged file is named', async () => {
  for (const text of [
    '',
    '{',
    '{"current":1}',
    '{"profiles":[1]}',
    '{"profiles":{"a":{}}}',
    '{"profiles":null}',
  ])
    assert.throws(
      () => parseProfiles(text, 'profiles.json'),
      { message: /^profiles\.json is damaged: / },
      text,
    )
  await writeFile(join(folder, 'empty'), 'null')
  assert.equal((await loadProfiles(join(folder, 'empty'))).profiles.size, 0)
})

test('the file lies where the platform keeps such files', () => {
  assert.equal(profilesPath({ ODRADEK_PROFILES: '/x' }), '/x')
  assert.equal(profilesPath({ XDG_CONFIG_HOME: '/c' }), join('/c', 'odradek', 'profiles.json'))
})
