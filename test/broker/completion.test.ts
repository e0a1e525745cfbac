/** Completion: what is proposed, with names from a broker, and that the shells take it. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { commands } from '../../src/cli/commands.ts'
import { answerShell } from '../../src/cli/completion/answer.ts'
import { scripts, type Shell } from '../../src/cli/completion/scripts.ts'
import { Broker } from '../../src/index.ts'
import { cachePath, mainPath, startCli } from '../support/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'odradek-completion-'))
const profilesPath = join(folder, 'profiles.json')

let broker: Broker

/** Runs a command, as a user does. @returns stdout */
async function odradek(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await startCli(args, { input: 'a\nb\n', env: environment() }).result
  assert.equal(code, 0, stderr)
  return stdout
}

function environment(): NodeJS.ProcessEnv {
  const { ODRADEK_PROFILE: _, ...inherited } = process.env
  const own = { ODRADEK_BROKERS: broker.bootstrapServers, ODRADEK_PROFILES: profilesPath }
  return { ...inherited, ...own, NODE_COMPILE_CACHE: cachePath }
}

before(async () => {
  broker = await Broker.start({ storage: 'memory', set: { 'group.initial.rebalance.delay.ms': '0' } })
  Object.assign(process.env, { ODRADEK_BROKERS: broker.bootstrapServers, ODRADEK_PROFILES: profilesPath })
  mkdirSync(join(folder, 'onlyfolder/in'), { recursive: true })
  writeFileSync(profilesPath, JSON.stringify({ profiles: { test: { brokers: broker.bootstrapServers } } }))
  await odradek('topics', 'create', 'orders', 'orders.eu', '-p', '3', '-c', 'retention.ms=1000')
  await odradek('produce', 'orders')
  await odradek('consume', 'orders', '-g', 'my readers', '-e')
})

after(async () => {
  delete process.env['ODRADEK_BROKERS']
  delete process.env['ODRADEK_PROFILES']
  await broker.close()
  rmSync(folder, { recursive: true })
})

/** @returns the proposals for the last word of a line, or the kind of files */
async function proposals(line: string): Promise<string[]> {
  const answer = await answerShell(commands, 'fish', line.split(' ').slice(1))
  const [kind, ...lines] = answer.trimEnd().split('\n')
  return kind === '' ? [] : kind === 'words' ? lines.map(each => each.split('\t')[0]!) : [`(${kind})`]
}

const cases: readonly [line: string, expected: string[]][] = [
  ['odradek cons', ['consume']],
  ['odradek nonsense ', []],
  ['odradek topics al', ['alter-config']],
  ['odradek help gr', ['groups']],
  ['odradek consume --iso', ['--isolation']],
  ['odradek consume --isolation ', ['uncommitted', 'committed']],
  ['odradek consume --isolation=c', ['--isolation=committed']],
  ['odradek produce x -z l', ['lz4']],
  ['odradek produce -i ', ['(files)']],
  ['odradek doctor --data ', ['(folders)']],
  ['odradek dump x', ['(files)']],
  ['odradek start --set num.parti', ['num.partitions=']],
  ['odradek topics create new -c cleanup.pol', ['cleanup.policy=']],
  ['odradek topics create new -c cleanup.policy=c', ['cleanup.policy=compact']],
  ['odradek topics create ', []],
  ['odradek completion f', ['fish']],
  // From the broker.
  ['odradek consume ', ['orders', 'orders.eu']],
  ['odradek consume orders.', ['orders.eu']],
  ['odradek consume orders ', ['orders.eu']],
  ['odradek topics delete orders ord', ['orders.eu']],
  ['odradek topics describe -b 127.0.0.1:1 ', []],
  ['odradek topics alter-config orders --delete ', ['retention.ms']],
  ['odradek produce orders -p ', ['0', '1', '2']],
  ['odradek produce nope -p ', []],
  ['odradek consume orders -p 1,', ['1,0', '1,2']],
  ['odradek consume orders -g ', ['my readers']],
  ['odradek groups describe ', ['my readers']],
  ['odradek groups reset-offsets g -t orders:', ['orders:0', 'orders:1', 'orders:2']],
  ['odradek groups reset-offsets g -t orders:2,', ['orders:2,0', 'orders:2,1']],
  ['odradek topics list --profile ', ['test']],
  ['odradek profiles use t', ['test']],
  ['odradek topics describe --profile test orders.', ['orders.eu']],
  ['odradek topics describe --profile nope ', []],
]

for (const [line, expected] of cases) {
  test(`'${line}' is completed`, async () => {
    assert.deepEqual(await proposals(line), expected)
  })
}

test('a broker that does not answer is not waited for', async t => {
  const silent = createServer().listen(0, '127.0.0.1')
  t.after(() => silent.close())
  await new Promise(resolve => silent.once('listening', resolve))
  const port = (silent.address() as AddressInfo).port
  const started = performance.now()
  assert.equal(
    await odradek('completion', 'fish', '--answer', '--', 'consume', '-b', `127.0.0.1:${port}`, ''),
    '',
  )
  assert.ok(performance.now() - started < 10_000)
})

/** Typed at a shell: what it makes of each tab is seen by what the command is given. */
const typed: readonly [keys: string, given: string[]][] = [
  ['odradek topics alt\t', ['topics', 'alter-config']],
  ['odradek consume orders.\t', ['consume', 'orders.eu']],
  ['odradek consume --isol\tcomm\torders.\t', ['consume', '--isolation', 'committed', 'orders.eu']],
  ['odradek consume --isolation=comm\torders.\t', ['consume', '--isolation=committed', 'orders.eu']],
  ['odradek groups describe m\t', ['groups', 'describe', 'my readers']],
  ['odradek groups describe "m\t', ['groups', 'describe', 'my readers']],
  [
    'odradek topics create new -c cleanup.p\tcomp\t',
    ['topics', 'create', 'new', '-c', 'cleanup.policy=compact'],
  ],
  [
    'odradek groups reset-offsets g -t orders.eu:1,2,\t',
    ['groups', 'reset-offsets', 'g', '-t', 'orders.eu:1,2,0'],
  ],
  ['odradek doctor --data ./onlyf\tin', ['doctor', '--data', './onlyfolder/in']],
]

/** In place of the program: shows its arguments, but gives completion what it asks for. */
const standIn = `odradek() {
  if [ "$1" = completion ]; then '${process.execPath}' '${mainPath}' "$@"; else printf 'GIVEN'; printf '<%s>' "$@"; echo '!'; fi
}`

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}

/** A shell at a terminal. `script` of util-linux lends it one. */
async function typeInto(command: string, setUp: string, keys: string): Promise<string> {
  const startFile = join(folder, 'start')
  writeFileSync(startFile, setUp)
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: folder,
    env: { ...environment(), TERM: 'dumb', PS1: '$ ', HISTFILE: '', ZDOTDIR: folder },
    stdio: 'pipe',
    detached: true,
  })
  let screen = ''
  try {
    const waitFor = (pattern: RegExp): Promise<string> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(screen)
          if (found !== null) resolve(found[0])
        }
        child.stdout.on('data', look)
        child.once('close', () => reject(new Error(`the shell ended: ${screen}`)))
        setTimeout(() => reject(new Error(`not seen within 30 s: ${pattern}, but ${screen}`)), 30_000).unref()
        look()
      })
    child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text))
    child.stdin.write(`. ./start; echo set" up"\n`)
    await waitFor(/^set up\r?$/m)
    child.stdin.write(`${keys}\n`)
    return await waitFor(/^GIVEN.*!\r?$/m)
  } finally {
    process.kill(-child.pid!, 'SIGKILL')
  }
}

const shells: readonly { shell: Shell; command: string; setUp: string }[] = [
  { shell: 'bash', command: 'bash --noprofile --norc -i', setUp: '' },
  { shell: 'zsh', command: 'zsh -f -i', setUp: 'autoload -Uz compinit && compinit -u -D\n' },
]

for (const { shell, command, setUp } of shells) {
  const missing = [shell, 'script'].find(program => !isInstalled(program))
  test(`${shell} completes what is typed`, { skip: missing && `${missing} is not installed` }, async () => {
    for (const [keys, given] of typed) {
      const seen = await typeInto(command, `${setUp}${standIn}\n${scripts[shell]}`, keys)
      assert.equal(seen.trim(), `GIVEN${given.map(each => `<${each}>`).join('')}!`, JSON.stringify(keys))
    }
  })
}

test('fish completes what is typed', { skip: !isInstalled('fish') && 'fish is not installed' }, async () => {
  const standIn = `function odradek; '${process.execPath}' '${mainPath}' $argv; end`
  const ask = async (line: string): Promise<string[]> => {
    const script = `${standIn}\n${scripts.fish}\ncomplete -C '${line}'`
    const env = { ...environment(), HOME: folder }
    const child = spawn('fish', ['--no-config', '-c', script], { cwd: folder, env, stdio: 'pipe' })
    let output = ''
    for await (const text of child.stdout.setEncoding('utf8')) output += text
    return output.trimEnd().split('\n')
  }
  assert.deepEqual(await ask('odradek topics alt'), ['alter-config\tChange configs of topics'])
  assert.deepEqual(await ask('odradek consume ord'), ['orders\t3 partitions', 'orders.eu\t3 partitions'])
  assert.deepEqual(await ask('odradek consume orders -p '), ['0', '1', '2'])
  assert.deepEqual(await ask('odradek groups describe '), ['my readers\tEmpty'])
  assert.deepEqual(await ask('odradek doctor --data onlyf'), ['onlyfolder/\tDirectory'])
})
