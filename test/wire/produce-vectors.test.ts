/** The check of produced record sets finds differences, and takes records from the other files of a call. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkFile } from '../../scripts/vectors.ts'
import { Tally } from '../../scripts/vectors/tally.ts'

const accepted = { error: 'NONE', code: 0, baseOffset: '0' }
const refused = { error: 'INVALID_RECORD', code: 87, baseOffset: '-1' }

/** [what differs, vector, part of the message] */
const faulty: [string, object, RegExp][] = [
  ['a refusal expected', { id: 'v2/none/create-time', plain: refused }, /plain: error/],
  ['success expected', { id: 'v2/none/log-append-time', plain: accepted }, /plain: error/],
  [
    'another base offset',
    { id: 'v2/none/create-time', plain: { ...accepted, baseOffset: '1' } },
    /plain: base/,
  ],
  [
    'other records',
    { id: 'v2/none/null-key', plain: accepted, compacted: { ...refused, recordErrors: [1] } },
    /compacted: records/,
  ],
  ['no records', { id: 'v2/none/null-key', plain: accepted, compacted: refused }, /compacted: records/],
  ['success where Kafka broke', { id: 'v2/none/create-time', plain: { code: -1 } }, /plain: error/],
  ['an unknown id', { id: 'v2/none/nothing', plain: accepted }, /no file/],
]

for (const [name, vector, message] of faulty) {
  test(`the produce check finds ${name}`, async t => {
    const failures = await check(t, [vector])
    assert.equal(failures.length, 1)
    assert.match(failures[0]!, message)
  })
}

test('a clean refusal is as good as an unexpected exception', async t => {
  assert.deepEqual(await check(t, [{ id: 'v2/none/log-append-time', plain: { code: -1 } }]), [])
})

test('records come from another file of the same call', async t => {
  const records = { id: 'mine', kind: 'corrupt', batches: [], b: Buffer.from('no batch').toString('base64') }
  assert.deepEqual(await check(t, [{ id: 'mine', plain: refused }], [records]), [])
})

async function check(
  t: { after(run: () => void): void },
  vectors: readonly object[],
  records: readonly object[] = [],
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-vectors-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const paths = [join(folder, 'produce'), join(folder, 'records')]
  for (const [index, lines] of [vectors, records].entries()) {
    writeFileSync(paths[index]!, lines.map(line => JSON.stringify(line)).join('\n'))
  }
  const failures: string[] = []
  const tally = new Tally(line => failures.push(line))
  await checkFile(paths[0]!, tally, paths)
  assert.equal(tally.passed + tally.failed, vectors.length)
  return failures
}
