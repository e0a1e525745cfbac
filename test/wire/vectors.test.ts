/** Every golden vector that has a check passes it, and the checks find faults. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkFile } from '../../scripts/vectors.ts'
import { Tally } from '../../scripts/vectors/tally.ts'

const folder = join(import.meta.dirname, '../vectors')

for (const name of readdirSync(folder)) {
  test(`vectors: ${name}`, async () => {
    const failures: string[] = []
    const tally = new Tally(line => failures.push(line))
    await checkFile(join(folder, name), tally)
    assert.deepEqual(failures, [])
    assert.ok(tally.passed + tally.skipped > 0, 'the file has vectors')
  })
}

const heartbeat = {
  name: 'HeartbeatRequest',
  v: 4,
  kind: 'full',
  hv: 2,
  header: { requestApiKey: 12, requestApiVersion: 4, correlationId: -2147483648, clientId: 'user' },
  h: 'AAwABIAAAAAABHVzZXIA',
  json: { groupId: 'g-audit-98', generationId: 82671, memberId: 'session', groupInstanceId: 'alpha' },
  b: 'C2ctYXVkaXQtOTgAAULvCHNlc3Npb24GYWxwaGEA',
}

const faulty: [string, unknown][] = [
  ['another value', { ...heartbeat, json: { ...heartbeat.json, generationId: 82672 } }],
  ['a field too many', { ...heartbeat, json: { ...heartbeat.json, more: 1 } }],
  [
    'a field too few',
    { ...heartbeat, json: { groupId: 'g-audit-98', generationId: 82671, memberId: 'session' } },
  ],
  ['a byte too many', { ...heartbeat, b: `${heartbeat.b}AA==` }],
  ['another correlation id', { ...heartbeat, header: { ...heartbeat.header, correlationId: 1 } }],
  ['a header of another version', { ...heartbeat, hv: 1 }],
  [
    'a wrong prefix',
    {
      name: 'OffsetCommitKey',
      v: 0,
      json: { group: '', topic: '', partition: 0 },
      b: 'AAAAAAAAAAA=',
      p: 'AAIAAAAAAAAAAA==',
    },
  ],
  ['a wrong varint', { type: 'varint', value: '-64', hex: '7e' }],
  ['a wrong checksum', { type: 'crc', bytes: 'MTIzNDU2Nzg5', crc32c: 3808858754, crc32: 3421780262 }],
  ['a wrong partition', { key: '', murmur2: 275646681, partition: { 2: 0 } }],
  ['a wrong coordinator', { id: 'g-shipment-98', hashCode: -323137588, partition: { 50: 37 } }],
  ['no known format', { something: 'else' }],
]

for (const [what, vector] of faulty) {
  test(`a vector fails: ${what}`, async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'vectors-'))
    try {
      const path = join(temporary, 'any-name')
      writeFileSync(path, `${JSON.stringify(vector)}\n`)
      const tally = new Tally(() => {})
      await checkFile(path, tally)
      assert.deepEqual([tally.passed, tally.failed, tally.skipped], [0, 1, 0])
    } finally {
      rmSync(temporary, { recursive: true })
    }
  })
}
