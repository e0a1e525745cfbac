/** A start that is refused: the message says what is wrong and what would be right. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import { Broker, ConfigError } from '../../src/index.ts'
import { TestBroker } from '../support/broker.ts'

/** [what, broker configs, key of the error, what its message says] */
const refused: [string, Record<string, string>, string, RegExp][] = [
  [
    'an unknown key, with the nearest name',
    { 'log.retention.houres': '1' },
    'log.retention.houres',
    /log\.retention\.hours/,
  ],
  ['a key of topics', { 'retention.ms': '1' }, 'retention.ms', /log\.retention\.ms/],
  ['text for a number', { 'num.partitions': 'many' }, 'num.partitions', /many.*whole number/s],
  ['a number out of its range', { 'num.partitions': '0' }, 'num.partitions', /1/],
  ['a number too large', { 'num.partitions': '2147483648' }, 'num.partitions', /num\.partitions/],
  [
    'neither true nor false',
    { 'auto.create.topics.enable': 'yes' },
    'auto.create.topics.enable',
    /true.*false/s,
  ],
  [
    'not one of its values',
    { 'log.message.timestamp.type': 'Now' },
    'log.message.timestamp.type',
    /CreateTime.*LogAppendTime/s,
  ],
  ['a codec that is none', { 'compression.type': 'brotli' }, 'compression.type', /gzip.*zstd/s],
  [
    'a list with an unknown value',
    { 'log.cleanup.policy': 'delete,keep' },
    'log.cleanup.policy',
    /compact.*delete|delete.*compact/s,
  ],
  [
    'several listeners',
    {
      listeners: 'PLAINTEXT://127.0.0.1:0,OTHER://127.0.0.1:0',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT',
    },
    'listeners',
    /exactly one/,
  ],
  ['a listener that is no URL', { listeners: '127.0.0.1:9092' }, 'listeners', /PLAINTEXT:\/\/HOST:PORT/],
  ['a listener with TLS', { listeners: 'SSL://127.0.0.1:0' }, 'listeners', /PLAINTEXT/],
  ['a port too large', { listeners: 'PLAINTEXT://127.0.0.1:70000' }, 'listeners', /HOST:PORT/],
  [
    'an advertised address of all addresses',
    { 'advertised.listeners': 'PLAINTEXT://0.0.0.0:9092' },
    'advertised.listeners',
    /Leave it out/,
  ],
  [
    'an advertised port of 0',
    { 'advertised.listeners': 'PLAINTEXT://host:0' },
    'advertised.listeners',
    /HOST:PORT/,
  ],
  ['several data folders', { 'log.dirs': '/tmp/a,/tmp/b' }, 'log.dirs', /one data folder/],
]

for (const [what, set, key, message] of refused) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(
      async () => (await Broker.start({ set })).close(),
      error => {
        assert.ok(error instanceof ConfigError, String(error))
        assert.equal(error.key, key)
        assert.match(error.message, message)
        assert.ok(error.message.includes(key), error.message)
        return true
      },
    )
  })
}

test('a listen address that is none', async () => {
  for (const listen of ['localhost', '1:2:3', '127.0.0.1:', 'http://127.0.0.1:1', '127.0.0.1:99999'])
    await assert.rejects(Broker.start({ listen }), ConfigError, listen)
})

test('a port that is taken', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  await assert.rejects(Broker.start({ listen: `127.0.0.1:${port}` }), { code: 'EADDRINUSE' })
})

test('configs that are known and do nothing are named in one line of the log', async t => {
  const set = { 'num.network.threads': '8', 'zookeeper.connect': undefined, 'background.threads': '3' }
  const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >
  const broker = await TestBroker.start(t, { set: given })
  const lines = broker.lines.filter(line => line.level === 'warn')
  assert.equal(lines.length, 1)
  assert.deepEqual(lines[0]!.fields, { configs: ['background.threads', 'num.network.threads'] })
})

test('a properties file, and what counts more than it', async t => {
  const properties = '# comment\nnum.partitions=3\nauto.create.topics.enable = false\n'
  const broker = await TestBroker.start(t, { properties, set: { 'num.partitions': '5' } })
  assert.ok(broker.port > 0)
  await assert.rejects(Broker.start({ properties: 'num.partition=3' }), /num\.partitions/)
})
