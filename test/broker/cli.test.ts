/** The commands, as a user runs them, against a whole broker. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Broker } from '../../src/index.ts'
import { startCli, type CliResult, type RunningCli } from '../support/cli.ts'

let broker: Broker

before(async () => {
  broker = await Broker.start({ storage: 'memory', set: { 'group.initial.rebalance.delay.ms': '0' } })
})

after(() => broker.close())

function start(args: readonly string[], input?: string, env: NodeJS.ProcessEnv = {}): RunningCli {
  return startCli(args, { input, env: { ODRADEK_BROKERS: broker.bootstrapServers, ...env } })
}

function run(args: readonly string[], input = ''): Promise<CliResult> {
  return start(args, input).result
}

/** Runs what must succeed. @returns stdout */
async function out(args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await run(args, input)
  assert.equal(code, 0, stderr)
  return stdout
}

async function json(args: readonly string[], input = ''): Promise<any> {
  return JSON.parse(await out([...args, '--json'], input))
}

test('topics are created, listed, described, changed, grown and deleted', async () => {
  assert.equal(
    await out(['topics', 'create', 'a', 'b', '-p', '2', '-c', 'retention.ms=1000']),
    'a created\nb created\n',
  )
  const again = await run(['topics', 'create', 'a'])
  assert.equal(again.code, 1)
  assert.match(again.stderr, /^odradek: topic 'a': .*\(TOPIC_ALREADY_EXISTS\).*\n$/)
  assert.equal(await out(['topics', 'create', 'a', '--if-not-exists']), 'a exists already\n')

  assert.match(await out(['topics', 'list']), /^NAME +PARTITIONS +REPLICAS\na +2 +1\nb +2 +1\n/)
  await out(['topics', 'add-partitions', 'a', '-n', '3'])
  await out(['topics', 'alter-config', 'a', '-s', 'cleanup.policy=compact', '-d', 'retention.ms'])
  const [described] = await json(['topics', 'describe', 'a'])
  assert.equal(described.partitions.length, 5)
  assert.deepEqual(described.configs, [
    { name: 'cleanup.policy', value: 'compact', source: 'DYNAMIC_TOPIC_CONFIG' },
  ])
  assert.match(await out(['topics', 'describe', 'b']), /retention.ms +1000 +DYNAMIC_TOPIC_CONFIG/)

  const deleted = await run(['topics', 'delete', 'b', 'nope', '--json'])
  assert.equal(deleted.code, 1)
  assert.deepEqual(
    JSON.parse(deleted.stdout).map(({ name, result, error }: any) => [name, result, error]),
    [
      ['b', 'deleted', undefined],
      ['nope', 'failed', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ],
  )
})

test('lines become records, and records lines', async () => {
  await out(['topics', 'create', 'lines', '-p', '3'])
  const input = Array.from({ length: 500 }, (_, index) => `k${index}:v${index}\n`).join('')
  assert.match(
    await out(['produce', 'lines', '-K', ':', '-H', 'a=1', '-z', 'zstd'], input),
    /^PARTITION  RECORDS  FIRST  LAST\n( +\d+){4}\n/,
  )
  const back = await out(['consume', 'lines', '-e', '-f', '%k:%v\\n'])
  assert.deepEqual(back.split('\n').sort(), input.split('\n').sort())

  await out(['produce', 'lines', '-k', 'key', '-p', '1', '-Z'], '\nlast')
  const tail = await out(['consume', 'lines', '-p', '1', '-o', '-2', '-e', '--json'])
  const records = tail
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    records.map(({ key, value }) => [key, value]),
    [
      ['key', null],
      ['key', 'last'],
    ],
  )
  assert.equal(
    (await out(['consume', 'lines', '-n', '7', '-f', '%h\\n'])).trim(),
    Array(7).fill('a=1').join('\n'),
  )
  assert.equal(await out(['consume', 'lines', '-o', 'end', '-e']), '')
  assert.equal((await out(['consume', 'lines', '-o', '@-1h', '-e'])).split('\n').length - 1, 502)
})

test('what is printed is read back: formats, JSON, files, several topics', async () => {
  await out(['topics', 'create', 'from', 'to', 'raw', '-p', '3'])
  const json = [
    {
      topic: 'from',
      partition: 2,
      timestamp: 1_700_000_000_000,
      key: 'k',
      value: 'a\nb',
      headers: [{ key: 'h', value: null }],
    },
    { topic: 'from', partition: 1, timestamp: 5, key: null, value: '\u0000\n', headers: [] },
    {
      topic: 'raw',
      partition: 0,
      timestamp: 6,
      keyBase64: '/wA=',
      value: null,
      headers: [{ key: 'x', value: 'y' }],
    },
  ]
  const summary = await out(['produce', '-f', 'json'], json.map(each => `${JSON.stringify(each)}\n`).join(''))
  assert.match(summary, /^TOPIC +PARTITION +RECORDS +FIRST +LAST\nfrom +1 +1 +0 +0\nfrom +2 .*\nraw +0 /)
  const dump = await out(['consume', 'from', 'raw', '-e', '--json'])
  const back = dump
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .sort((a, b) => b.timestamp - a.timestamp)
  assert.deepEqual(
    back.map(({ offset: _offset, ...rest }) => rest).sort((a, b) => a.topic.localeCompare(b.topic)),
    json,
  )

  // Sizes make any byte safe; the same through a file.
  const folder = await mkdtemp(join(tmpdir(), 'odradek-cli-'))
  try {
    const format = '%p %T %K %V %k%v\\n'
    const sized = join(folder, 'sized')
    await writeFile(sized, await out(['consume', 'from', '-e', '-f', format]))
    await out(['produce', 'to', '-f', format, '-i', sized, '-H', 'copied=1'])
    const copied = await out([
      'consume',
      'to',
      '-e',
      '-o',
      '0:end',
      '-f',
      '%p %T{iso} %k{json} %v{hex} %h\\n',
    ])
    assert.deepEqual(copied.trim().split('\n').sort(), [
      '1 1970-01-01T00:00:00.005Z null 000a copied=1',
      '2 2023-11-14T22:13:20.000Z "k" 610a62 copied=1',
    ])
    await out(['produce', 'raw', '-w', '-i', sized, '-i', '-', '-p', '2'], 'whole\nof it\n')
    assert.equal(await out(['consume', 'raw', '-p', '2', '-o', '+1:end']), 'whole\nof it\n\n')
    const bad = join(folder, 'bad')
    await writeFile(bad, 'a:1\nb\n')
    const result = await run(['produce', 'to', '-K', ':', '-i', bad])
    assert.deepEqual([result.code, result.stderr], [1, `odradek: ${bad}: line 2 has no ':' after %k\n`])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('ranges of offsets and of time end by themselves', async () => {
  await out(['topics', 'create', 'ranges'])
  const lines = Array.from({ length: 10 }, (_, index) => `${(index + 1) * 1000} ${index}\n`).join('')
  await out(['produce', 'ranges', '-f', '%T %v\\n'], lines)
  const ranges: [string, string][] = [
    ['2:5', '234'],
    [':2', '01'],
    ['-3:end', '789'],
    ['-3:-1', '78'],
    ['+8:', '89'],
    ['@3000:@6000', '234'],
    ['@9500:', '9'],
    ['7:3', ''],
    ['@99000:', ''],
  ]
  for (const [range, expected] of ranges)
    assert.equal(await out(['consume', 'ranges', '-f', '%v', '-o', range]), expected, range)
  // The end may lie ahead: it is waited for.
  const ahead = start(['consume', 'ranges', '-o', '9:12', '-f', '%v\\n'])
  await ahead.lines(1)
  await out(['produce', 'ranges'], 'a\nb\nc\n')
  assert.deepEqual(await ahead.result, { code: 0, stdout: '9\na\nb\n', stderr: '' })
})

test('topics by pattern, alone and in a group', async () => {
  await out(['topics', 'create', 'like.a', 'like.b', 'unlike'])
  for (const topic of ['like.a', 'like.b', 'unlike']) await out(['produce', topic], topic)
  const expected = ['like.a', 'like.b']
  const read = async (...args: string[]): Promise<string[]> =>
    (await out(['consume', '-e', '-r', ...args])).trim().split('\n').sort()
  assert.deepEqual(await read('^like[.]'), expected)
  assert.deepEqual(await read('like.a$', '^like.b'), expected)
  assert.deepEqual(await read('^like', '-g', 'patterns'), expected)
  const none = await run(['consume', '-e', '-r', '^none$'])
  assert.deepEqual([none.code, none.stderr], [1, "odradek: no topic's name matches /^none$/\n"])
  const wrong = await run(['consume', '-r', '('])
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /^odradek: '\(' is no pattern: /)

  const following = start(['consume', '-r', '^later'])
  await setTimeout(300)
  await out(['topics', 'create', 'later'])
  await out(['produce', 'later'], 'found')
  await following.lines(1)
  following.child.kill('SIGINT')
  assert.deepEqual((await following.result).stdout, 'found\n')
})

test('a profile says where a cluster is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'odradek-cli-'))
  const env = { ODRADEK_PROFILES: join(folder, 'profiles.json'), ODRADEK_BROKERS: '' }
  const runWith = (...args: string[]): Promise<CliResult> => start(args, '', env).result
  try {
    await out(['topics', 'create', 'profiled'])
    assert.match(
      (await runWith('profiles', 'set', 'here', '-b', broker.bootstrapServers)).stdout,
      /^profile here made/,
    )
    await runWith('profiles', 'set', 'gone', '-b', '127.0.0.1:1', '--use')
    assert.match((await runWith('topics', 'list')).stderr, /no broker answers: 127\.0\.0\.1:1/)
    assert.match((await runWith('topics', 'list', '--profile', 'here')).stdout, /^profiled /m)
    assert.match((await runWith('profile', 'use', 'here')).stdout, /^profile here is current: 127/)
    assert.match((await runWith('topics', 'list')).stdout, /^profiled /m)
    assert.match(
      (await runWith('profiles', 'list')).stdout,
      /^ +NAME +BROKERS\n +gone +127.0.0.1:1\n\* +here +127/,
    )
    await runWith('profiles', 'delete', 'here')
    const unknown = await runWith('topics', 'list', '--profile', 'here')
    assert.deepEqual(
      [unknown.code, unknown.stderr],
      [2, "odradek: there is no profile 'here'; there are gone, 'odradek profiles set' makes one\n"],
    )
    assert.equal((await runWith('profiles', 'set', 'bad', '-b', ':x')).code, 2)
    assert.equal((await runWith('profiles', 'set', 'a b', '-b', 'x:1')).code, 2)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('one bad line, record or topic is an error that names it', async () => {
  await out(['topics', 'create', 'errors'])
  const cases: [args: string[], input: string, code: number, stderr: RegExp][] = [
    [['produce', 'errors', '-K', ':'], 'a:b\nno key\n', 1, /line 2 has no ':'/],
    [['produce', 'errors'], 'x'.repeat(2_000_000), 1, /errors\[0\].*MESSAGE_TOO_LARGE.*max\.message\.bytes/],
    [['produce', 'nope'], 'x', 1, /topic 'nope'.*UNKNOWN_TOPIC_OR_PARTITION.*topics create/],
    [['produce', 'errors', '-p', '1'], 'x', 1, /errors\[1\].*has 1 partition \(UNKNOWN_TOPIC_OR_PARTITION\)/],
    [['consume', 'errors', '-p', '4'], '', 1, /errors\[4\].*UNKNOWN_TOPIC_OR_PARTITION/],
    [['groups', 'describe', 'nope'], '', 1, /group 'nope'.*GROUP_ID_NOT_FOUND/],
    [
      ['topics', 'list', '-b', '127.0.0.1:1'],
      '',
      1,
      /no broker answers: 127\.0\.0\.1:1: .*ECONNREFUSED.*ODRADEK_BROKERS/,
    ],
    [['topics', 'list', '-b', ':'], '', 2, /is no broker address/],
    [['consume', 'errors', '-o', 'soon'], '', 2, /'soon' is no offset/],
    [['consume', 'errors', '-g', 'g', '-o', '5'], '', 2, /reset-offsets/],
    [['consume', 'errors', '-n', '0'], '', 2, /whole number of at least 1/],
    [['consume'], '', 2, /missing required argument/],
    [['consum'], '', 2, /Did you mean consume\?/],
  ]
  await Promise.all(
    cases.map(async ([args, input, code, stderr]) => {
      const result = await run(args, input)
      const name = args.join(' ')
      assert.match(result.stderr, stderr, name)
      // Commander has a second line for the name that may have been meant.
      const said = result.stderr.replace('\n(Did', ' (Did').trim()
      assert.equal(said.split('\n').length, 1, `${name}: one line, not ${said}`)
      assert.equal(result.code, code, name)
    }),
  )
})

test('a group reads, commits, is described, moved and deleted', async () => {
  await out(['topics', 'create', 'grouped', '-p', '2'])
  await out(
    ['produce', 'grouped', '-K', ':'],
    Array.from({ length: 100 }, (_, i) => `k${i}:v${i}`).join('\n'),
  )
  const first = (await out(['consume', 'grouped', '-g', 'readers', '-n', '30'])).trim().split('\n')
  assert.equal(first.length, 30)
  let [group] = await json(['groups', 'describe', 'readers'])
  assert.deepEqual([group.state, group.totalLag, group.members.length], ['Empty', 70, 0])
  const rest = (await out(['consume', 'grouped', '-g', 'readers', '-e'])).trim().split('\n')
  assert.equal(new Set([...first, ...rest]).size, 100)
  assert.equal(rest.length, 70)

  const dry = await run(['groups', 'reset-offsets', 'readers', '--to', '-5'])
  assert.match(dry.stderr, /nothing has been changed; --execute/)
  assert.match(dry.stdout, /grouped +0 +(\d+) +\d+\n/)
  ;[group] = await json(['groups', 'describe', 'readers'])
  assert.equal(group.totalLag, 0)
  await out(['groups', 'reset-offsets', 'readers', '--to', '-5', '-t', 'grouped:1', '--execute'])
  ;[group] = await json(['groups', 'describe', 'readers'])
  assert.equal(group.totalLag, 5)
  await out(['groups', 'reset-offsets', 'readers', '--to', 'start', '--execute'])
  assert.match(await out(['groups', 'describe', 'readers']), /^LAG +100$/m)

  assert.match(await out(['groups', 'list']), /^readers +classic +consumer +Empty$/m)
  assert.equal(await out(['groups', 'delete', 'readers']), 'readers deleted\n')
  assert.doesNotMatch(await out(['groups', 'list']), /readers/)
})

test('an interrupt commits what was printed and leaves the group', async () => {
  await out(['topics', 'create', 'interrupted'])
  await out(['produce', 'interrupted'], '1\n2\n3\n')
  const member = start(['consume', 'interrupted', '-g', 'leavers'])
  await member.lines(3)
  const reset = await run(['groups', 'reset-offsets', 'leavers', '--to', 'end', '--execute'])
  assert.equal(reset.code, 1)
  assert.match(reset.stderr, /NON_EMPTY_GROUP/)
  member.child.kill('SIGINT')
  assert.equal((await member.result).code, 0)
  const [group] = await json(['groups', 'describe', 'leavers'])
  assert.deepEqual([group.state, group.totalLag], ['Empty', 0])
})

test('a reader that goes away ends the command, not with an error', async () => {
  await out(['topics', 'create', 'piped'])
  await out(['produce', 'piped'], `${'x'.repeat(1000)}\n`.repeat(3000))
  const { child, result, lines } = start(['consume', 'piped'])
  await lines(1)
  child.stdout!.destroy()
  const { code, stderr } = await result
  assert.deepEqual([code, stderr], [0, ''])
})
