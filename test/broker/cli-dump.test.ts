/** `odradek dump`, as a user runs it, over the folder of a broker that runs, stops, and is damaged. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Broker } from '../../src/index.ts'
import { startCli } from '../support/cli.ts'

let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odradek-dump-'))
})

after(() => rm(folder, { recursive: true }))

interface Ended {
  readonly status: number | null
  readonly lines: readonly string[]
  readonly stderr: string
}

async function run(args: readonly string[], { brokers = '', input = '' } = {}): Promise<Ended> {
  const { code, stdout, stderr } = await startCli(args, { input, env: { ODRADEK_BROKERS: brokers } }).result
  return { status: code, lines: stdout.trimEnd().split('\n'), stderr }
}

test('dump shows every file of a data folder, and where it is damaged', async () => {
  const broker = await Broker.start({ storage: { folder } })
  const brokers = broker.bootstrapServers
  await run(['topics', 'create', 't'], { brokers })
  await run(['produce', 't', '-K', ':', '-H', 'h=1', '-z', 'gzip'], { brokers, input: 'k1:v1\nk2:v2\n' })
  await run(['produce', 't', '-k', 'k', '-Z'], { brokers, input: '\n' })
  await run(['produce', 't'], { brokers, input: 'last\n' })

  const log = join(folder, 't-0', `${'0'.repeat(20)}.log`)
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`
  const {
    status,
    lines: [name, gzipped, ...records],
  } = await run(['dump', '-r', log])
  assert.equal(status, 0)
  assert.equal(name, log)
  assert.match(
    gzipped!,
    new RegExp(
      `^  @0 \\d+ bytes: offsets 0-1, 2 records, gzip, epoch 0, CreateTime to ${time} producer \\d+/0 sequence 0-1, crc [0-9a-f]{8}$`,
    ),
  )
  assert.match(records[0]!, new RegExp(`^    0 ${time} "k1": "v1" "h"="1"$`))
  assert.match(records[3]!, new RegExp(`^    2 ${time} "k": null$`))
  await broker.close()

  const { status: wholeStatus, lines: whole } = await run(['dump', folder])
  assert.equal(wholeStatus, 0)
  assert.ok(whole.some(line => line.endsWith('recovery-point-offset-checkpoint')))
  assert.ok(whole.includes('  partition t-0  offset 4'))
  assert.ok(whole.includes('  epoch 0  startOffset 0'))
  assert.match(
    whole.join('\n'),
    /\.snapshot\n  producerId \d+  producerEpoch 0  lastSequence 1  lastOffset 1/,
  )

  const bytes = await readFile(log)
  const only = await run(['dump', '--json', '--from', '2', '--to', '2', log])
  assert.equal(only.lines.length, 1)
  const second = JSON.parse(only.lines[0]!)
  bytes[second.position + 66]! ^= 0xff
  await writeFile(log, bytes)
  const damaged = await run(['dump', '--json', '-r', log])
  const items = damaged.lines.map(line => JSON.parse(line))
  assert.equal(damaged.status, 1)
  assert.deepEqual(
    items.map(({ kind, crcIsValid, problem }) => [kind, crcIsValid ?? problem]),
    [
      ['batch', true],
      ['batch', false],
      ['damage', 'the checksum is wrong'],
      ['batch', true],
    ],
  )
  assert.equal(items[3].records[0].value, 'last')
})

test('dump says what it cannot read', async () => {
  const stray = join(folder, 'stray.txt')
  await writeFile(stray, 'x')
  for (const [path, message] of [
    [stray, /stray\.txt is no file of a log/],
    [join(folder, 'none'), /none cannot be read: ENOENT/],
  ] as const) {
    const { status, stderr } = await run(['dump', path])
    assert.equal(status, 1)
    assert.match(stderr, message)
  }
})
