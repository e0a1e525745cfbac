/** The command line's own defaults hold only where no option and no config says otherwise, however it is written. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Broker, type InternalBrokerOptions } from '#broker/broker.ts'

async function startIn(
  options: (folder: string) => InternalBrokerOptions,
  check: (folder: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'odradek-defaults-'))
  try {
    await using broker = await Broker.start(options(folder))
    assert.match(broker.bootstrapServers, /^127\.0\.0\.1:\d+$/)
    check(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Nobody can listen there: a start that takes it fails. */
const nowhere = '192.0.2.1:1'

for (const listeners of ['listeners=', 'listeners ', 'listeners : ', 'listen\\\n  ers=']) {
  test(`a properties file counts more than the defaults: ${JSON.stringify(listeners)}`, () =>
    startIn(
      folder => ({
        defaults: { listen: nowhere, folder: join(folder, 'default') },
        properties: `${listeners}PLAINTEXT://127.0.0.1:0\nlog.dir ${join(folder, 'given')}\n`,
      }),
      folder => {
        assert.equal(existsSync(join(folder, 'given')), true)
        assert.equal(existsSync(join(folder, 'default')), false)
      },
    ))
}

test('without a word the defaults hold', () =>
  startIn(
    folder => ({ defaults: { listen: '127.0.0.1:0', folder: join(folder, 'default') } }),
    folder => assert.equal(existsSync(join(folder, 'default')), true),
  ))

test('options count more than the defaults', () =>
  startIn(
    folder => ({
      defaults: { listen: nowhere, folder: join(folder, 'default') },
      listen: '127.0.0.1:0',
      storage: 'memory',
    }),
    folder => assert.equal(existsSync(join(folder, 'default')), false),
  ))
